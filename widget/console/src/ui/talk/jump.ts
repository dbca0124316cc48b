/** Go to the line of a conversation where something was said, and mark it for a moment. */
import { go, toInbox } from '../hooks.ts';

export function jumpTo(id: string, seq: number): void {
  go(toInbox(id));
  // On a phone the conversation is drawn only now.
  requestAnimationFrame(() => requestAnimationFrame(() => mark(seq)));
}

function mark(seq: number): void {
  const line = document.querySelector(`[data-seq="${String(seq)}"]`);
  if (!line) return;
  line.scrollIntoView({ block: 'center' });
  line.removeAttribute('data-flash');
  requestAnimationFrame(() => line.setAttribute('data-flash', ''));
  setTimeout(() => line.removeAttribute('data-flash'), 2000);
}
