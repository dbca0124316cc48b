/** What the loader (customer's page) and the frame (hub's origin) tell each other by postMessage. */
import type { Page } from '@handraise/protocol';

/** No secret of the chat is ever in a message. `identify` carries what the page itself got from its server, good for minutes. */
export type ToFrame =
  | { type: 'hello'; page: Page; lang: string; open: boolean }
  | { type: 'opened'; focus: boolean }
  | { type: 'closed' }
  | { type: 'page'; page: Page }
  | { type: 'identify'; token: string }
  | { type: 'reset' };

export type ToLoader =
  | { type: 'ready' }
  | { type: 'close' }
  | { type: 'unread'; count: number }
  | { type: 'preview'; text: string }
  | { type: 'spoken' }
  | { type: 'declined' }
  | { type: 'trouble'; text: string };

const MARK = 'handraise';

export function pack<M extends ToFrame | ToLoader>(message: M): unknown {
  return { ...message, mark: MARK };
}

/** A message before its fields are checked, which is up to the receiver. */
export type Unchecked<M extends { type: string }> = { type: M['type'] } & Record<string, unknown>;

/** The message, or null when it is not one of ours. The sender's origin and window are checked by the caller. */
export function unpack<M extends { type: string }>(raw: unknown): Unchecked<M> | null {
  return (raw as { mark?: unknown } | null)?.mark === MARK ? (raw as Unchecked<M>) : null;
}
