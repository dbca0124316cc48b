import { expect, it } from 'vitest';
import { keepIn } from './keep.ts';
import type { Pending } from './state.ts';
import { newTalk } from './talk.ts';
import { readUnsent, saveUnsent, unsentOf } from './unsent.ts';

const NOON = Date.parse('2026-11-25T12:00:00Z');
const keep = () =>
  keepIn(() => {
    throw new Error('no storage');
  });
const line = (id: string, more: Partial<Pending> = {}): Pending => ({
  id,
  text: id,
  status: 'unsent',
  problem: null,
  seq: null,
  at: '2026-11-25T11:00:00Z',
  epoch: 2,
  seen: 7,
  ...more,
});

it('keeps what the hub does not have, in order, and counts what is on its way as unsent', () => {
  const tab = keep();
  const pending = [line('a', { status: 'sending' }), line('b', { status: 'sent' }), line('c', { status: 'newer', problem: 'Held back' })];
  saveUnsent(tab, unsentOf({ one: { ...newTalk, pending }, two: newTalk }));
  expect(readUnsent(tab, NOON)).toEqual({ one: [line('a'), line('c', { status: 'newer', problem: 'Held back' })] });
});

it('gives up on what is older than a day', () => {
  const tab = keep();
  saveUnsent(tab, { one: [line('old', { at: '2026-11-24T11:59:00Z' }), line('new')] });
  expect(readUnsent(tab, NOON)).toEqual({ one: [line('new')] });
});

it.each(['', '{', 'null', '7', '[]', '{"a":1}', '{"a":[null,3,{"id":1},{"id":"x","status":"sent"}]}'])(
  'reads a broken row %j as nothing',
  (text) => {
    const tab = keep();
    tab.set('unsent', text);
    expect(readUnsent(tab, NOON)).toEqual({});
  },
);
