import { describe, expect, it } from 'vitest';
import { contract, entry, holder } from '../test/samples.ts';
import { parseEntry } from '@handraise/protocol';
import { toLines } from './lines.ts';

const at = (day: number, minute: number) => new Date(2026, 10, day, 10, minute).toISOString();
const types = (lines: ReturnType<typeof toLines>) => lines.map((line) => line.type);

describe('toLines', () => {
  it('puts a day before the first line of each day', () => {
    expect(types(toLines([entry(1, { at: at(20, 0) }), entry(2, { at: at(21, 0) })], []))).toEqual(['day', 'speech', 'day', 'speech']);
  });

  it('groups one speaker within a few minutes', () => {
    const lines = toLines(
      [0, 1, 9].map((minute, i) => entry(i + 1, { at: at(20, minute) })),
      [],
    );
    expect(lines.map((line) => line.type === 'speech' && [line.first, line.last])).toEqual([
      false,
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  it('draws nothing for a silent change of hands', () => {
    expect(toLines([entry(1, { kind: 'holder', author: 'system', text: '', data: { holder: 'bot', epoch: 1 } })], [])).toEqual([]);
    expect(types(toLines([holder(1, 1, 'queue')], []))).toEqual(['day', 'system']);
  });

  it('knows every kind of the contract', () => {
    const samples = contract<{ valid: Record<string, unknown> }>('entry').valid;
    for (const [name, raw] of Object.entries(samples)) {
      const read = parseEntry(raw);
      const shown = types(toLines(read ? [read] : [], [])).filter((type) => type !== 'day');
      expect([name, shown.length]).toEqual([name, name === 'holder_silent' ? 0 : 1]);
    }
  });

  it('ends with the lines under way', () => {
    const pending = { id: 'm', text: 'x', status: 'sending', problem: null, seq: null, at: '', epoch: 0, seen: 0 } as const;
    expect(types(toLines([entry(1)], [pending])).at(-1)).toBe('pending');
  });

  it('marks what came while a held-back reply was being written', () => {
    const held = { id: 'm', text: 'x', status: 'newer', problem: null, seq: null, at: '', epoch: 0, seen: 1 } as const;
    const entries = [entry(1), entry(2, { author: 'bot' }), entry(3), entry(4)];
    expect(types(toLines(entries, [held]))).toEqual(['day', 'speech', 'speech', 'newer', 'speech', 'speech', 'pending']);
    expect(types(toLines(entries, [{ ...held, status: 'sending' }]))).not.toContain('newer');
  });
});
