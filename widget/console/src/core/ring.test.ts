import { describe, expect, it } from 'vitest';
import { calling, row } from '../test/samples.ts';
import { isLoud, keepOpen, putOff, shownRings, startRing, stopRing, updateRing } from './ring.ts';

describe('rings', () => {
  it('show the longest waiting first', () => {
    const rings = startRing(startRing({}, calling('b', { requested_at: '2026-11-21T10:05:00.000Z' })), calling('a'));
    expect(shownRings(rings).map((ring) => ring.summary.conversation_id)).toEqual(['a', 'b']);
  });

  it('show whose agent is gone first, then a hot lead, and whoever was missed last', () => {
    const hot = { tier: 'hot', score: 80, stage: 'MQL', top_reason: null } as const;
    const at = (minute: number) => `2026-11-21T10:0${String(minute)}:00.000Z`;
    const calls = [
      calling('missed', { state: 'missed', requested_at: at(0) }),
      calling('asked', { requested_at: at(1) }),
      calling('hot', { requested_at: at(2) }, { lead: hot }),
      calling('lost', { reason: 'agent_lost', requested_at: at(3) }),
    ];
    const rings = calls.reduce(startRing, {});
    expect(shownRings(rings).map((ring) => ring.summary.conversation_id)).toEqual(['lost', 'hot', 'asked', 'missed']);
  });

  it('stay put off when the same hand-off rings again, and come back with a new one', () => {
    const later = putOff(startRing({}, calling('a')), 'a');
    expect(shownRings(startRing(later, calling('a')))).toEqual([]);
    expect(shownRings(startRing(later, calling('a', { id: 'h-2' })))).toHaveLength(1);
  });

  it.each([
    ['an agent took it', calling('a', {}, { holder: 'agent', agent: { id: 'x', name: 'X' } })],
    ['it was closed', calling('a', {}, { holder: 'closed' })],
    ['nobody is wanted any more', row('a')],
    ['it was accepted', calling('a', { state: 'accepted' })],
  ])('end when %s', (_, summary) => {
    expect(updateRing(startRing({}, calling('a')), summary)).toEqual({});
  });

  it('end when told so, and a summary alone starts none', () => {
    expect(stopRing(startRing({}, calling('a')), 'a')).toEqual({});
    expect(updateRing({}, calling('a'))).toEqual({});
  });

  it('make no sound once missed or put off', () => {
    const loud = (summary: ReturnType<typeof calling>) => Object.values(startRing({}, summary)).map(isLoud);
    expect(loud(calling('a'))).toEqual([true]);
    expect(loud(calling('a', { state: 'missed' }))).toEqual([false]);
    expect(Object.values(putOff(startRing({}, calling('a')), 'a')).map(isLoud)).toEqual([false]);
  });

  it('that ended while the line was down are gone after the reconnect', () => {
    const rings = startRing(startRing({}, calling('a')), calling('b'));
    const kept = keepOpen(rings, { a: row('a', { holder: 'agent' }), b: calling('b') });
    expect(Object.keys(kept)).toEqual(['b']);
  });
});
