/* global self, URL */
// Handles clicks on the console's desktop notifications. It caches nothing and sees no request.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const id = String(event.notification.data?.id ?? '');
  event.waitUntil(open(id, event.action === 'accept' ? 'accept' : 'open'));
});

async function open(id, type) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const console = windows.find((one) => new URL(one.url).pathname.startsWith('/console'));
  if (!console) return self.clients.openWindow(`/console/inbox/${encodeURIComponent(id)}`);
  console.postMessage({ type, id });
  return console.focus();
}
