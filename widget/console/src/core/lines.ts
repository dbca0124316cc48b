/** What the conversation draws: entries and lines under way as days, groups and system lines; pure. */
import type { Entry } from '@handraise/protocol';
import { dayKey, millis } from './format.ts';
import type { Pending } from './state.ts';

export type Side = 'visitor' | 'bot' | 'agent';

export type Line =
  | { type: 'day'; key: string; at: string }
  /** Above the first line that a held-back reply does not know of. */
  | { type: 'newer'; key: string }
  | { type: 'system'; key: string; text: string; at: string; tone: 'handoff' | 'notice' }
  | {
      type: 'speech';
      key: string;
      seq: number;
      side: Side;
      name: string | null;
      text: string;
      at: string;
      first: boolean;
      last: boolean;
      note: string | null;
      choices: readonly string[];
    }
  | { type: 'pending'; key: string; pending: Pending };

const GROUP_MS = 3 * 60_000;

export function toLines(entries: readonly Entry[], pending: readonly Pending[]): Line[] {
  const lines: Line[] = [];
  const firstNewer = newerThan(entries, pending);
  let shownDay = '';
  for (const entry of entries) {
    const line = toLine(entry);
    if (!line) continue;
    if (entry.seq === firstNewer) lines.push({ type: 'newer', key: 'newer' });
    if (dayKey(entry.at) !== shownDay) {
      shownDay = dayKey(entry.at);
      lines.push({ type: 'day', key: `day-${String(entry.seq)}`, at: entry.at });
    }
    lines.push(line);
  }
  return [...group(lines), ...pending.map((line): Line => ({ type: 'pending', key: line.id, pending: line }))];
}

/** Seq of the first line of the visitor that came while a reply, now held back, was being written. */
function newerThan(entries: readonly Entry[], pending: readonly Pending[]): number | null {
  const seen = pending.filter((line) => line.status === 'newer').map((line) => line.seen);
  if (seen.length === 0) return null;
  return entries.find((entry) => entry.author === 'visitor' && entry.seq > Math.min(...seen))?.seq ?? null;
}

function toLine(entry: Entry): Line | null {
  const key = String(entry.seq);
  switch (entry.kind) {
    case 'message':
      return speech(entry, entry.author, null);
    case 'choice':
      return speech(entry, 'visitor', 'pressed a button');
    case 'contact':
      return speech(entry, 'visitor', 'sent the contact form');
    case 'rating':
      return {
        type: 'system',
        key,
        text: `The visitor rated this conversation ${String(entry.data.score)} of 5`,
        at: entry.at,
        tone: 'notice',
      };
    case 'contact_form':
      return {
        type: 'system',
        key,
        text: entry.text.trim() === '' ? 'The visitor was offered the contact form' : entry.text,
        at: entry.at,
        tone: 'notice',
      };
    case 'holder':
      return system(entry, 'handoff');
    default:
      return system(entry, 'notice');
  }
}

function system(entry: Entry, tone: 'handoff' | 'notice'): Line | null {
  return entry.text.trim() === '' ? null : { type: 'system', key: String(entry.seq), text: entry.text, at: entry.at, tone };
}

function speech(entry: Entry, side: Side, note: string | null): Line {
  const { seq, name, text, at } = entry;
  const choices = entry.choices.map((choice) => choice.title);
  return { type: 'speech', key: String(seq), seq, side, name, text, at, first: true, last: true, note, choices };
}

/** Lines of one speaker within a few minutes belong together: name above the first, time below the last. */
function group(lines: Line[]): Line[] {
  return lines.map((line, i) => {
    if (line.type !== 'speech') return line;
    return { ...line, first: !together(lines[i - 1], line), last: !together(line, lines[i + 1]) };
  });
}

function together(a: Line | undefined, b: Line | undefined): boolean {
  if (a?.type !== 'speech' || b?.type !== 'speech') return false;
  return a.side === b.side && a.name === b.name && millis(b.at) - millis(a.at) < GROUP_MS;
}
