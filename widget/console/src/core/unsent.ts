/** Replies that the hub does not have yet, as they are kept in the tab: over a reload, a crash, the end of a session. */
import * as v from 'valibot';
import { type Keep, readJson } from './keep.ts';
import type { DeskState, Pending } from './state.ts';

const KEY = 'unsent';
const A_DAY = 24 * 60 * 60 * 1000;

const Kept = v.object({
  id: v.string(),
  text: v.string(),
  status: v.picklist(['unsent', 'failed', 'newer']),
  problem: v.nullable(v.string()),
  at: v.string(),
  epoch: v.number(),
  seen: v.number(),
});

export type Rows = Readonly<Record<string, readonly Pending[]>>;

/** What a tab kept, newest day only; a broken row is left out. */
export function readUnsent(keep: Keep, now: number = Date.now()): Rows {
  const raw = readJson(keep, KEY);
  if (typeof raw !== 'object' || raw === null) return {};
  const rows = Object.entries(raw).map(
    ([id, lines]) => [id, Array.isArray(lines) ? lines.flatMap((line) => readLine(line, now)) : []] as const,
  );
  return Object.fromEntries(rows.filter(([, lines]) => lines.length > 0));
}

function readLine(raw: unknown, now: number): Pending[] {
  const line = v.safeParse(Kept, raw);
  return line.success && now - Date.parse(line.output.at) < A_DAY ? [{ ...line.output, seq: null }] : [];
}

export function saveUnsent(keep: Keep, rows: Rows): void {
  keep.set(KEY, Object.keys(rows).length === 0 ? null : JSON.stringify(rows));
}

/** Of all open conversations; what is on its way counts as unsent. */
export function unsentOf(talks: DeskState['talks']): Rows {
  const rows = Object.entries(talks).map(([id, talk]) => {
    const lines = talk.pending.filter((line) => line.status !== 'sent');
    return [id, lines.map((line): Pending => (line.status === 'sending' ? { ...line, status: 'unsent' } : line))] as const;
  });
  return Object.fromEntries(rows.filter(([, lines]) => lines.length > 0));
}
