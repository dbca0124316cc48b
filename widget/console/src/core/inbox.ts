/** The inbox: sections, order, search and what is unread; pure. */
import type { Summary } from '@handraise/protocol';
import { displayName } from './names.ts';
import { isCalling, urgency } from './ring.ts';

export const SECTIONS = ['waiting', 'mine', 'open', 'closed'] as const;
export type Section = (typeof SECTIONS)[number];
export const SECTION_NAMES: Record<Section, string> = { waiting: 'Waiting', mine: 'Mine', open: 'Open', closed: 'Closed' };

type Rows = Readonly<Record<string, Summary>>;

export function inSection(row: Summary, section: Section, me: string | null): boolean {
  switch (section) {
    case 'waiting':
      return isCalling(row);
    case 'mine':
      return row.holder === 'agent' && row.agent?.id === me;
    case 'open':
      return row.holder !== 'closed';
    case 'closed':
      return row.holder === 'closed';
  }
}

export function counts(rows: Rows, me: string | null): Record<Section, number> {
  const all = Object.values(rows);
  const count = (section: Section) => all.filter((row) => inSection(row, section, me)).length;
  return { waiting: count('waiting'), mine: count('mine'), open: count('open'), closed: count('closed') };
}

/** The rows of one section that match the words, the most urgent first. */
export function listed(rows: Rows, section: Section, words: string, me: string | null): Summary[] {
  return Object.values(rows)
    .filter((row) => inSection(row, section, me) && matches(row, words))
    .sort((a, b) => rank(a, me) - rank(b, me) || byTime(a, b));
}

/** Who rings, then whom I am talking to, then missed calls (first those who are still there), then everything else. */
function rank(row: Summary, me: string | null): number {
  const calls = urgency(row);
  if (calls < 2) return calls;
  if (inSection(row, 'mine', me)) return 2;
  if (calls > 2) return 5;
  return row.visitor_online ? 3 : 4;
}

/** Whoever waits: the longest first; the others: the newest first. */
function byTime(a: Summary, b: Summary): number {
  if (isCalling(a) && isCalling(b)) return (a.handoff?.requested_at ?? '').localeCompare(b.handoff?.requested_at ?? '');
  return b.last_at.localeCompare(a.last_at);
}

export function matches(row: Summary, words: string): boolean {
  const shown = [displayName(row), row.company, row.last_text, row.lead?.top_reason, row.agent?.name, row.lead?.stage];
  const text = shown.join(' ').toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** A visitor's line that the person who should answer has not had on screen. */
export function isUnread(row: Summary, seen: Readonly<Record<string, number>>, me: string | null): boolean {
  const concernsMe = isCalling(row) || (row.holder === 'agent' && row.agent?.id === me);
  return concernsMe && row.last_author === 'visitor' && row.last_seq > (seen[row.conversation_id] ?? 0);
}

/** The neighbour of the open row for the arrow keys; the first one when none is open. */
export function neighbour(rows: readonly Summary[], open: string | null, step: 1 | -1): string | null {
  const at = rows.findIndex((row) => row.conversation_id === open);
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  return rows[next]?.conversation_id ?? null;
}
