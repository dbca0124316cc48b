/** Small things to test with; each a good one that a test changes where it matters. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEntry, type ConversationState, type Entry, type LeadCard, type Summary } from '@handraise/protocol';

export const AT = '2026-11-21T10:00:00.000Z';

export function entry(seq: number, more: Record<string, unknown> = {}): Entry {
  const parsed = parseEntry({ seq, kind: 'message', author: 'visitor', name: null, text: `line ${String(seq)}`, at: AT, ...more });
  if (!parsed) throw new Error('not an entry');
  return parsed;
}

export const holder = (seq: number, epoch: number, to: string, agent: { id: string; name: string } | null = null, reason = 'x') =>
  entry(seq, { kind: 'holder', author: 'system', text: to, data: { holder: to, epoch, reason, agent } });

export function state(more: Partial<ConversationState> = {}): ConversationState {
  return {
    conversation_id: 'c',
    holder: 'bot',
    epoch: 0,
    agent: null,
    waiting: false,
    last_seq: 0,
    closed: false,
    bot_online: true,
    ...more,
  };
}

export function row(id: string, more: Partial<Summary> = {}): Summary {
  return {
    conversation_id: id,
    name: null,
    company: null,
    last_text: 'hello',
    last_author: 'visitor',
    last_at: AT,
    started_at: AT,
    holder: 'bot',
    agent: null,
    epoch: 0,
    last_seq: 1,
    visitor_online: true,
    silent_since: null,
    handoff: null,
    lead: null,
    ...more,
  };
}

export const calling = (id: string, handoff: Partial<NonNullable<Summary['handoff']>> = {}, more: Partial<Summary> = {}): Summary =>
  row(id, {
    holder: 'queue',
    handoff: { id: `h-${id}`, reason: 'hot', state: 'ringing', requested_at: AT, missed_at: null, ...handoff },
    ...more,
  });

export function lead(more: Partial<LeadCard> = {}): LeadCard {
  return {
    id: 'l',
    conversation_id: 'c',
    name: null,
    email: null,
    company: null,
    stage: 'lead',
    stage_reason: '',
    segment: null,
    tier: 'cold',
    score: 0,
    fit: 0,
    engagement: 0,
    receipt: { entries: [], score: 0, rules_hash: null, scored_at: null },
    answers: [],
    pages: [],
    handoff: null,
    identity: null,
    consents: [],
    updated_at: null,
    ...more,
  };
}

/** The samples that the hub's tests read as well. */
export function contract<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../../../tests/contract', `${name}.json`), 'utf8')) as T;
}
