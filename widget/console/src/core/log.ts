/** The ordered log of one conversation: entries strictly by `seq`, later ones wait until the gap before them is filled. */
import type { Entry } from '@handraise/protocol';

export interface Log {
  /** Without a gap from the first entry on. */
  entries: readonly Entry[];
  /** Arrived early; sorted, without duplicates. */
  ahead: readonly Entry[];
}

export const emptyLog: Log = { entries: [], ahead: [] };

export function lastSeq(log: Log): number {
  return log.entries.at(-1)?.seq ?? 0;
}

/** Put entries where they belong; what is already there stays as it is. */
export function place(log: Log, incoming: readonly Entry[]): Log {
  const last = lastSeq(log);
  const bySeq = new Map<number, Entry>();
  for (const entry of [...log.ahead, ...incoming]) if (entry.seq > last && !bySeq.has(entry.seq)) bySeq.set(entry.seq, entry);
  if (bySeq.size === 0) return log;
  const entries = [...log.entries];
  for (let next = last + 1, entry = bySeq.get(next); entry; entry = bySeq.get(++next)) {
    entries.push(entry);
    bySeq.delete(next);
  }
  return { entries, ahead: [...bySeq.values()].sort((a, b) => a.seq - b.seq) };
}

/** Whether entries up to `known` are missing here. */
export function hasGap(log: Log, known: number): boolean {
  return log.ahead.length > 0 || known > lastSeq(log);
}
