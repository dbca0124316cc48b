/** The namespace `/visitor` (docs/protocol.md, section 3): what is sent, what is answered, what arrives. */
import * as v from 'valibot';
import { Nothing, Stored } from './ack.ts';
import { Entries, EntrySchema } from './entry.ts';
import { ConversationState } from './state.ts';

export const VISITOR_NAMESPACE = '/visitor';
export const VERSION = 1;
export const MAX_TEXT = 4000;

export interface Page {
  url: string;
  title: string;
  referrer?: string;
}

/** Payload of each client event. */
export interface VisitorEvents {
  join: { token: string | null; last_seq: number; page: Page; lang: string };
  message: { client_msg_id: string; text: string };
  choose: { client_msg_id: string; choice_id: string };
  contact: { client_msg_id: string; name: string; email: string; message: string; consent: true };
  typing: { on: boolean };
  page: { url: string; title: string };
  seen: { seq: number };
  sync: { last_seq: number };
  rate: { client_msg_id: string; score: number };
  restart: Record<string, never>;
}

/** What the hub says about the site; every field may be missing and then the widget has its own word for it. */
export const Site = v.object({
  name: v.optional(v.nullable(v.string())),
  color: v.optional(v.nullable(v.string())),
  bot_name: v.optional(v.nullable(v.string())),
  privacy_url: v.optional(v.nullable(v.string())),
});
export type Site = v.InferOutput<typeof Site>;

export const Joined = v.object({
  token: v.string(),
  state: ConversationState,
  entries: Entries,
  site: v.optional(Site, {}),
});
export type Joined = v.InferOutput<typeof Joined>;

export const Synced = v.object({ state: ConversationState, entries: Entries });
export type Synced = v.InferOutput<typeof Synced>;

/** Shape of each good acknowledgement. */
export const VisitorAcks = {
  join: Joined,
  message: Stored,
  choose: Stored,
  contact: Stored,
  typing: Nothing,
  page: Nothing,
  seen: Nothing,
  sync: Synced,
  rate: Stored,
  restart: Joined,
} as const satisfies Record<keyof VisitorEvents, v.GenericSchema>;
export type VisitorAck<E extends keyof VisitorEvents> = v.InferOutput<(typeof VisitorAcks)[E]>;

export const VisitorTyping = v.object({
  who: v.picklist(['bot', 'agent']),
  name: v.optional(v.nullable(v.string()), null),
  on: v.boolean(),
});
export type VisitorTyping = v.InferOutput<typeof VisitorTyping>;

/** Shape of each server event. */
export const VisitorPushes = {
  entry: v.object({ entry: EntrySchema }),
  state: ConversationState,
  typing: VisitorTyping,
} as const;
