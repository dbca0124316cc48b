/** The log as it is drawn: lines grouped by speaker and minute, system lines, days; pure. */
import type { Choice, Entry } from '@handraise/protocol';
import type { Conversation, Pending } from './conversation.ts';

export type Speaker = 'visitor' | 'bot' | 'agent';

export interface Line {
  /** Stays the same when a pending line becomes an entry, so that it is not drawn anew. */
  key: string;
  text: string;
  status: 'stored' | Pending['status'];
  /** Words of the visitor, which can go back into the composer. */
  isTyped?: boolean;
}

export type Row =
  | { type: 'day'; key: string; at: string }
  | { type: 'group'; key: string; author: Speaker; name: string | null; at: string; lines: Line[] }
  | { type: 'system'; key: string; text: string; tone: 'plain' | 'joined' | 'away' }
  | { type: 'form'; key: string; text: string }
  | { type: 'rated'; key: string; score: number };

const NOTICE_TONES: Readonly<Record<string, 'joined' | 'away'>> = {
  bot_away: 'away',
  bot_failed: 'away',
  queue_missed: 'away',
  agent_silent: 'away',
  contact_received: 'joined',
};

export function toRows(conversation: Conversation): Row[] {
  const rows: Row[] = [];
  const liveForm = openForm(conversation);
  for (const entry of conversation.entries) addEntry(rows, entry, liveForm);
  for (const item of conversation.pending) {
    if (item.event !== 'rate') addLine(rows, 'visitor', null, item.at, lineOf(item));
  }
  return rows;
}

function lineOf({ id, text, status, event }: Pending): Line {
  return { key: id, text, status, isTyped: event === 'message' };
}

function addEntry(rows: Row[], entry: Entry, liveForm: number | null): void {
  const key = String(entry.seq);
  switch (entry.kind) {
    case 'message':
      addLine(rows, entry.author, entry.name, entry.at, { key: entry.client_msg_id ?? key, text: entry.text, status: 'stored' });
      break;
    case 'choice':
    case 'contact':
      addLine(rows, 'visitor', null, entry.at, { key: entry.client_msg_id ?? key, text: entry.text, status: 'stored' });
      break;
    case 'contact_form':
      if (entry.seq === liveForm) rows.push({ type: 'form', key, text: entry.text });
      else addSystem(rows, key, entry.text, 'plain');
      break;
    case 'holder':
      addSystem(rows, key, entry.text, entry.data.holder === 'agent' ? 'joined' : entry.data.reason === 'missed' ? 'away' : 'plain');
      break;
    case 'notice':
      addSystem(rows, key, entry.text, NOTICE_TONES[entry.data.code] ?? 'plain');
      break;
    case 'rating':
      rows.push({ type: 'rated', key, score: entry.data.score });
      break;
    case 'other':
      if (entry.author === 'system') addSystem(rows, key, entry.text, 'plain');
      else if (entry.text !== '') addLine(rows, entry.author, entry.name, entry.at, { key, text: entry.text, status: 'stored' });
      break;
  }
}

function addSystem(rows: Row[], key: string, text: string, tone: 'plain' | 'joined' | 'away'): void {
  if (text.trim() !== '') rows.push({ type: 'system', key, text, tone });
}

function addLine(rows: Row[], author: Speaker, name: string | null, at: string, line: Line): void {
  const last = rows.at(-1);
  const open = last?.type === 'group' && last.author === author && last.name === name && minute(last.at) === minute(at);
  if (open) {
    last.lines.push(line);
    return;
  }
  const before = rows.findLast((row) => row.type === 'group' || row.type === 'day');
  if (before !== undefined && day(before.at) !== day(at)) rows.push({ type: 'day', key: `day ${at}`, at });
  rows.push({ type: 'group', key: `group ${line.key}`, author, name, at, lines: [line] });
}

function minute(at: string): number {
  return Math.floor(Date.parse(at) / 60_000);
}

function day(at: string): string {
  return new Date(at).toDateString();
}

/** The buttons that can still be pressed: those of the newest lines of the bot, gone once the visitor has answered in any way. */
export function offeredChoices(conversation: Conversation): readonly Choice[] {
  const { entries, pending, state } = conversation;
  if (state === null || state.holder === 'agent' || state.holder === 'closed') return [];
  if (pending.some((item) => item.event !== 'rate')) return [];
  for (const entry of entries.toReversed()) {
    if (entry.author === 'visitor') return [];
    if (entry.choices.length > 0) return entry.choices;
  }
  return [];
}

/** Seq of the contact form that waits for an answer; with a person there only as long as that person has not said a word since. */
export function openForm({ entries, pending, state }: Conversation): number | null {
  if (pending.some((item) => item.event === 'contact')) return null;
  const last = entries.findLast((entry) => entry.kind === 'contact_form' || entry.kind === 'contact');
  if (last?.kind !== 'contact_form') return null;
  if (state?.holder !== 'agent') return last.seq;
  const answered = entries.some((entry) => entry.seq > last.seq && entry.author === 'agent');
  return last.data.reason === 'agent_silent' && !answered ? last.seq : null;
}

/** True when a closed chat can be rated: nobody has done it since it was closed. */
export function canRate({ entries, pending, state }: Conversation): boolean {
  if (state?.closed !== true || pending.some((item) => item.event === 'rate')) return false;
  const last = entries.findLast((entry) => entry.kind === 'rating' || entry.kind === 'holder');
  const talked = entries.some((entry) => entry.author === 'visitor');
  return talked && last?.kind === 'holder' && last.data.holder === 'closed';
}
