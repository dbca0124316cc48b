/** The namespace `/agent` (docs/protocol.md, section 4): inbox rows, lead cards, and what is sent, answered and pushed. */
import * as v from 'valibot';
import { Nothing, Stored } from './ack.ts';
import { Entries, EntrySchema, HolderName, Person } from './entry.ts';
import { ConversationState } from './state.ts';

export const AGENT_NAMESPACE = '/agent';

const integer = v.pipe(v.number(), v.integer());
const orNull = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema), null);

export const Tier = v.picklist(['cold', 'warm', 'hot']);
export type Tier = v.InferOutput<typeof Tier>;

export const Handoff = v.object({
  id: v.string(),
  reason: v.string(),
  state: v.picklist(['requested', 'ringing', 'missed', 'accepted', 'cancelled']),
  requested_at: v.string(),
  missed_at: orNull(v.string()),
});
export type Handoff = v.InferOutput<typeof Handoff>;

export const Summary = v.object({
  conversation_id: v.string(),
  name: v.nullable(v.string()),
  company: orNull(v.string()),
  last_text: v.string(),
  last_author: v.nullable(v.picklist(['visitor', 'bot', 'agent', 'system'])),
  last_at: v.string(),
  started_at: v.nullable(v.string()),
  holder: HolderName,
  agent: v.nullable(Person),
  epoch: integer,
  last_seq: integer,
  visitor_online: v.boolean(),
  /** The visitor was told that the agent who holds the chat has not answered, and still waits. */
  silent_since: orNull(v.string()),
  handoff: v.nullable(Handoff),
  lead: v.nullable(v.object({ tier: Tier, score: integer, stage: v.string(), top_reason: orNull(v.string()) })),
});
export type Summary = v.InferOutput<typeof Summary>;

export const ReceiptEntry = v.object({
  rule: v.string(),
  group: v.picklist(['fit', 'engagement']),
  points: integer,
  sentence: v.string(),
  /** The answer as it was understood, and the visitor's own words. */
  understood: v.optional(v.string(), ''),
  said: orNull(v.string()),
});
export type ReceiptEntry = v.InferOutput<typeof ReceiptEntry>;

export const Answer = v.object({
  slot: v.string(),
  label: v.string(),
  status: v.picklist(['missing', 'known', 'declined', 'unknown']),
  said: orNull(v.string()),
  text: orNull(v.string()),
  value: v.optional(v.unknown()),
  confidence: orNull(v.number()),
  seq: orNull(integer),
  read_by: orNull(v.string()),
});
export type Answer = v.InferOutput<typeof Answer>;

export const LeadCard = v.object({
  id: v.string(),
  conversation_id: v.string(),
  name: orNull(v.string()),
  email: orNull(v.string()),
  company: orNull(v.string()),
  stage: v.string(),
  /** Why the lead is unqualified; empty otherwise. */
  stage_reason: v.optional(v.string(), ''),
  segment: orNull(v.string()),
  tier: Tier,
  score: integer,
  fit: integer,
  engagement: integer,
  receipt: orNull(
    v.object({
      entries: v.array(ReceiptEntry),
      score: integer,
      rules_hash: orNull(v.string()),
      scored_at: orNull(v.string()),
    }),
  ),
  answers: v.array(Answer),
  pages: v.optional(v.array(v.object({ url: v.string(), title: orNull(v.string()), at: v.string() })), []),
  handoff: orNull(Handoff),
  /** Who the visitor is, as the site's own server has signed it. */
  identity: orNull(
    v.object({ user_id: v.string(), email: orNull(v.string()), name: orNull(v.string()), company: orNull(v.string()), at: v.string() }),
  ),
  /** The newest yes or no to each purpose, with the words it was said to. */
  consents: v.optional(
    v.array(
      v.object({
        purpose: v.string(),
        given: v.boolean(),
        text: v.string(),
        version: v.string(),
        lang: orNull(v.string()),
        page: orNull(v.string()),
        at: v.string(),
      }),
    ),
    [],
  ),
  /** Only in the list of leads. */
  updated_at: orNull(v.string()),
});
export type LeadCard = v.InferOutput<typeof LeadCard>;

export const Me = v.object({
  id: v.string(),
  name: v.string(),
  email: v.string(),
  role: v.picklist(['agent', 'marketer', 'admin']),
  available: v.optional(v.boolean(), true),
  /** What this person may do; the hub refuses the rest, the console does not offer it. */
  permissions: v.optional(v.array(v.string()), []),
  second_factor: v.optional(v.boolean(), false),
  /** The role needs a second factor that is not set up: nothing else works until then. */
  must_set_up: v.optional(v.boolean(), false),
  /** There is no name yet that visitors could read: nothing else is shown until there is. */
  must_name: v.optional(v.boolean(), false),
});
export type Me = v.InferOutput<typeof Me>;

export const AgentRow = v.object({ id: v.string(), name: v.string(), available: v.boolean() });
export type AgentRow = v.InferOutput<typeof AgentRow>;

/** Payload of each client event. */
export interface AgentEvents {
  join: Record<string, never>;
  open: { conversation_id: string; last_seq: number };
  leave: { conversation_id: string };
  accept: { conversation_id: string };
  reply: { conversation_id: string; client_msg_id: string; text: string; epoch: number; seen_seq: number };
  hand_back: { conversation_id: string; epoch: number };
  close: { conversation_id: string; epoch: number };
  typing: { conversation_id: string; on: boolean };
  available: { on: boolean };
  correct: { conversation_id: string; slot: string; text: string };
}

const WithState = v.object({ state: ConversationState });

/** Shape of each good acknowledgement. */
export const AgentAcks = {
  join: v.object({ me: Me, inbox: v.array(Summary), agents: v.array(AgentRow) }),
  open: v.object({ summary: Summary, state: ConversationState, entries: Entries, lead: v.nullable(LeadCard) }),
  leave: Nothing,
  accept: WithState,
  reply: Stored,
  hand_back: WithState,
  close: WithState,
  typing: Nothing,
  available: Nothing,
  correct: v.object({ lead: LeadCard }),
} as const satisfies Record<keyof AgentEvents, v.GenericSchema>;
export type AgentAck<E extends keyof AgentEvents> = v.InferOutput<(typeof AgentAcks)[E]>;

/** Shape of each server event. */
export const AgentPushes = {
  summary: Summary,
  ring: v.object({ summary: Summary }),
  ring_stop: v.object({
    conversation_id: v.string(),
    reason: v.picklist(['accepted', 'missed', 'cancelled', 'closed']),
    by: orNull(Person),
  }),
  entry: v.object({ conversation_id: v.string(), entry: EntrySchema }),
  state: ConversationState,
  typing: v.object({
    conversation_id: v.string(),
    who: v.picklist(['visitor', 'bot', 'agent']),
    name: orNull(v.string()),
    on: v.boolean(),
  }),
  lead: v.object({ conversation_id: v.string(), lead: LeadCard }),
  agents: v.object({ agents: v.array(AgentRow) }),
  signed_out: Nothing,
  erased: v.object({ conversation_id: v.string() }),
} as const;
export type AgentPush<E extends keyof typeof AgentPushes> = v.InferOutput<(typeof AgentPushes)[E]>;

/** One page of leads over HTTP, and one lead. */
export const LeadsPage = v.object({ leads: v.array(LeadCard), total: integer, page: integer, pages: integer });
export type LeadsPage = v.InferOutput<typeof LeadsPage>;
export const LeadAnswer = v.object({ lead: LeadCard });
/** `csrf` goes into a header of everything that changes something. */
export const MeAnswer = v.object({ me: Me, csrf: v.string() });
export type MeAnswer = v.InferOutput<typeof MeAnswer>;
