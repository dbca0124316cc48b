/** Desktop notifications of rings; by a service worker where there is one, so that they can carry an Accept button. */
import type { Summary } from '@handraise/protocol';
import * as v from 'valibot';
import { displayName } from '../../core/names.ts';
import { WORKER } from '../../policy.ts';
import { CALL_REASONS } from '../../core/story.ts';

export interface Desktop {
  show(summary: Summary): void;
  hide(conversationId: string): void;
}

export interface DesktopHandlers {
  onOpen(id: string): void;
  onAccept(id: string): void;
}

const FromWorker = v.object({ type: v.picklist(['open', 'accept']), id: v.string() });

export function notificationText(summary: Summary): { title: string; body: string } {
  const reason = CALL_REASONS[summary.handoff?.reason ?? ''] ?? 'Wants a person';
  const lead = summary.lead;
  const value = lead ? [lead.top_reason, `${String(lead.score)} points`].filter(Boolean).join(' · ') : summary.last_text;
  const company = summary.company ? ` · ${summary.company}` : '';
  return { title: `${reason}: ${displayName(summary)}${summary.name ? company : ''}`, body: value };
}

export function createDesktop(handlers: DesktopHandlers): Desktop {
  const plain = new Map<string, Notification>();
  const worker = registerWorker(handlers);
  // One after another, so that a call that ends at once leaves nothing behind. Where the system refuses, sound and panel still call.
  let queue: Promise<unknown> = worker;
  const enqueue = (act: (registration: ServiceWorkerRegistration | null) => Promise<void>) => {
    queue = queue.then(async () => act(await worker)).catch(() => undefined);
  };
  const options = (summary: Summary): NotificationOptions => ({
    body: notificationText(summary).body,
    tag: summary.conversation_id,
    icon: '/console/icon-ring.svg',
    requireInteraction: true,
    silent: true,
    data: { id: summary.conversation_id },
  });
  const showPlain = (summary: Summary) => {
    const notification = new Notification(notificationText(summary).title, options(summary));
    notification.onclick = () => {
      window.focus();
      notification.close();
      handlers.onOpen(summary.conversation_id);
    };
    plain.set(summary.conversation_id, notification);
  };
  return {
    show(summary) {
      if (!('Notification' in window) || Notification.permission !== 'granted') return;
      enqueue(async (registration) => {
        const actions = [{ action: 'accept', title: 'Accept' }];
        const { title } = notificationText(summary);
        if (registration) await registration.showNotification(title, { ...options(summary), actions } as NotificationOptions);
        else showPlain(summary);
      });
    },
    hide(conversationId) {
      plain.get(conversationId)?.close();
      plain.delete(conversationId);
      enqueue(async (registration) => {
        for (const shown of (await registration?.getNotifications({ tag: conversationId })) ?? []) shown.close();
      });
    },
  };
}

async function registerWorker(handlers: DesktopHandlers): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  navigator.serviceWorker.addEventListener('message', (event: MessageEvent<unknown>) => {
    const said = v.safeParse(FromWorker, event.data);
    if (!said.success) return;
    if (said.output.type === 'accept') handlers.onAccept(said.output.id);
    else handlers.onOpen(said.output.id);
  });
  try {
    const registration = await navigator.serviceWorker.register(WORKER, { scope: '/console/' });
    await settled(registration.installing ?? registration.waiting);
    return registration.active ? registration : null;
  } catch {
    return null;
  }
}

/** Not `navigator.serviceWorker.ready`: a page that was opened at /console lies outside the scope, and for that nothing is ever ready. */
function settled(worker: ServiceWorker | null): Promise<void> {
  const isDone = () => !worker || worker.state === 'activated' || worker.state === 'redundant';
  return new Promise((resolve) => {
    if (isDone()) resolve();
    worker?.addEventListener('statechange', () => isDone() && resolve());
  });
}
