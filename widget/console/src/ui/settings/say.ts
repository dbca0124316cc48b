/** A short word at the edge of the screen about something that was done here. */
import { notifications } from '@mantine/notifications';
import type { Answer } from '../../net/http.ts';

export function say(message: string, color: 'brand' | 'red' = 'brand'): void {
  notifications.show({ message, color, withBorder: true, autoClose: 6000, closeButtonProps: { 'aria-label': 'Close' } });
}

/** Says what was done, or what went wrong; whether it worked. */
export function told<T>(answer: Answer<T>, done: string): answer is Extract<Answer<T>, { ok: true }> {
  if (answer.ok) say(done);
  else say(answer.message, 'red');
  return answer.ok;
}
