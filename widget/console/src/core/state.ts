/** What the console knows, and every event that can change it. */
import type { AgentRow, ConversationState, Entry, LeadCard, Me, Summary } from '@handraise/protocol';
import type { Log } from './log.ts';
import type { Rings } from './ring.ts';

export interface Pending {
  /** The `client_msg_id`: the same one again is the same line. */
  id: string;
  text: string;
  /** `unsent` goes again by itself when the line is back, `failed` was refused, `newer` waits for the agent to look. */
  status: 'sending' | 'sent' | 'unsent' | 'failed' | 'newer';
  /** For people: why it failed. */
  problem: string | null;
  seq: number | null;
  at: string;
  /** What the agent knew when they wrote it: the hub holds it back when things have changed since. */
  epoch: number;
  seen: number;
}

export interface Typing {
  who: 'visitor' | 'bot' | 'agent';
  name: string | null;
}

/** One opened conversation. */
export interface Talk {
  /** `erased`: it was deleted with everything known of the visitor. */
  status: 'loading' | 'ready' | 'failed' | 'erased';
  problem: string | null;
  log: Log;
  state: ConversationState | null;
  lead: LeadCard | null;
  pending: readonly Pending[];
  typing: Typing | null;
}

export interface DeskState {
  session: 'unknown' | 'in' | 'out' | 'expired';
  link: 'connecting' | 'online' | 'offline';
  me: Me | null;
  agents: readonly AgentRow[];
  inbox: Readonly<Record<string, Summary>>;
  inboxReady: boolean;
  talks: Readonly<Record<string, Talk>>;
  rings: Rings;
  /** The last entry of each conversation that was on screen here. */
  seen: Readonly<Record<string, number>>;
}

export const initialDesk: DeskState = {
  session: 'unknown',
  link: 'connecting',
  me: null,
  agents: [],
  inbox: {},
  inboxReady: false,
  talks: {},
  rings: {},
  seen: {},
};

export type DeskEvent =
  | { type: 'signed_in'; me: Me }
  | { type: 'signed_out'; expired: boolean }
  | { type: 'link'; link: DeskState['link'] }
  | { type: 'joined'; me: Me; inbox: readonly Summary[]; agents: readonly AgentRow[] }
  | { type: 'agents'; agents: readonly AgentRow[] }
  | { type: 'summary'; summary: Summary }
  | { type: 'ring'; summary: Summary }
  | { type: 'ring_stop'; id: string }
  | { type: 'later'; id: string }
  | { type: 'erased'; id: string }
  | { type: 'seen'; id: string; seq: number }
  | TalkEvent;

/** Events of one conversation. */
export type TalkEvent =
  | { type: 'opening'; id: string }
  | { type: 'opened'; id: string; summary: Summary; state: ConversationState; entries: readonly Entry[]; lead: LeadCard | null }
  | { type: 'open_failed'; id: string; problem: string }
  | { type: 'entries'; id: string; entries: readonly Entry[] }
  | { type: 'state'; id: string; state: ConversationState }
  | { type: 'lead'; id: string; lead: LeadCard }
  | { type: 'typing'; id: string; typing: Typing; on: boolean }
  | { type: 'sending'; id: string; pending: Pending }
  | {
      type: 'send_ended';
      id: string;
      pendingId: string;
      status: Exclude<Pending['status'], 'sending'>;
      problem: string | null;
      seq: number | null;
    }
  | { type: 'send_dropped'; id: string; pendingId: string };
