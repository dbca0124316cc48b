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
  join: { token: string | null; last_seq: number; page: Page; lang: string | null };
  renew: { token: string };
  identify: { token: string };
  reset: { token: string };
  message: { client_msg_id: string; text: string };
  choose: { client_msg_id: string; choice_id: string };
  contact: { client_msg_id: string; name: string; email: string; message: string; consent: string; marketing: string | null };
  typing: { on: boolean };
  page: { url: string; title: string };
  seen: { seq: number };
  sync: { last_seq: number };
  rate: { client_msg_id: string; score: number };
  restart: Record<string, never>;
  forget: Record<string, never>;
  withdraw: { purpose: string };
  agree: { text: string; page: Page | null };
}

const WebAddress = v.pipe(v.string(), v.regex(/^https?:\/\//iu));

/** What the widget shows of the site's own words and colour (`bot/widget.yml`). */
export const Site = v.object({
  name: v.string(),
  assistant: v.string(),
  colour: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/iu)),
  position: v.picklist(['left', 'right']),
  teaser: v.nullable(v.string()),
  placeholder: v.string(),
  privacy_url: v.nullable(WebAddress),
  consent_text: v.string(),
  /** What has to be agreed to before the chat, and what tells other words apart; null: nothing. */
  chat_consent: v.optional(v.nullable(v.object({ text: v.string(), mark: v.string() })), null),
  /** What the contact form asks beside the consent to be contacted; null: nothing. */
  marketing_text: v.optional(v.nullable(v.string()), null),
  locale: v.string(),
});
export type Site = v.InferOutput<typeof Site>;

/** `GET /widget/site.json`. */
export const SiteAnswer = v.object({ site: Site });

/** What was deleted with the visitor's earlier chat. */
export const Erased = v.object({ messages: v.number(), answers: v.number(), reference: v.string() });
export type Erased = v.InferOutput<typeof Erased>;

export const Joined = v.object({
  token: v.string(),
  state: ConversationState,
  entries: Entries,
  /** False: the site asks for consent to chat, and the hub takes nothing in before it. */
  agreed: v.optional(v.boolean(), true),
  /** A site that cannot be read must not keep the visitor out: the widget then uses its own words. */
  site: v.fallback(v.nullable(Site), null),
  /** The conversation of the token that was named, or of this tab, was deleted: this is a new one. */
  erased: v.optional(v.nullable(Erased), null),
});
export type Joined = v.InferOutput<typeof Joined>;

/** Null: the conversation stays the one that it is. */
export const Identified = v.object({ joined: v.nullable(Joined) });
export type Identified = v.InferOutput<typeof Identified>;

/** Null: the token that the browser has stays. */
export const Renewed = v.object({ token: v.nullable(v.string()) });
export type Renewed = v.InferOutput<typeof Renewed>;

export const Synced = v.object({ state: ConversationState, entries: Entries });
export type Synced = v.InferOutput<typeof Synced>;

/** Shape of each good acknowledgement. */
export const VisitorAcks = {
  join: Joined,
  renew: Renewed,
  identify: Identified,
  reset: Joined,
  message: Stored,
  choose: Stored,
  contact: Stored,
  typing: Nothing,
  page: Nothing,
  seen: Nothing,
  sync: Synced,
  rate: Stored,
  restart: Joined,
  forget: Joined,
  withdraw: v.object({ withdrawn: v.boolean() }),
  agree: Nothing,
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
  erased: Erased,
} as const;
