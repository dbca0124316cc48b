import { describe, expect, it } from 'vitest';
import { entry } from '../test/samples.ts';
import { emptyLog, hasGap, lastSeq, place } from './log.ts';

const seqs = (entries: readonly { seq: number }[]) => entries.map((one) => one.seq);

describe('place', () => {
  it('shows entries strictly by seq, whatever order they come in', () => {
    const log = [3, 1, 5, 2].reduce((log, seq) => place(log, [entry(seq)]), emptyLog);
    expect(seqs(log.entries)).toEqual([1, 2, 3]);
    expect(seqs(log.ahead)).toEqual([5]);
    expect(seqs(place(log, [entry(4)]).entries)).toEqual([1, 2, 3, 4, 5]);
  });

  it('takes an entry once', () => {
    const log = place(emptyLog, [entry(1), entry(1, { text: 'again' })]);
    expect(place(log, [entry(1, { text: 'later' })])).toBe(log);
    expect(log.entries).toHaveLength(1);
    expect(log.entries[0]?.text).toBe('line 1');
  });

  it('knows what is missing', () => {
    const log = place(emptyLog, [entry(1), entry(2)]);
    expect(lastSeq(log)).toBe(2);
    expect(hasGap(log, 2)).toBe(false);
    expect(hasGap(log, 3)).toBe(true);
    expect(hasGap(place(log, [entry(4)]), 2)).toBe(true);
  });
});
