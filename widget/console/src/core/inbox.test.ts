import { describe, expect, it } from 'vitest';
import { calling, row } from '../test/samples.ts';
import { counts, isUnread, listed, neighbour } from './inbox.ts';

const hot = { tier: 'hot', score: 80, stage: 'MQL', top_reason: 'budget of about 40k EUR a year' } as const;
const rows = {
  old: row('old', { last_at: '2026-11-21T09:00:00.000Z' }),
  fresh: row('fresh', { last_at: '2026-11-21T11:00:00.000Z', name: 'Zoë Öz' }),
  gone: calling('gone', { state: 'missed', requested_at: '2026-11-20T10:00:00.000Z' }, { holder: 'bot', visitor_online: false }),
  missed: calling('missed', { state: 'missed' }, { holder: 'bot' }),
  asked: calling('asked', { reason: 'human' }),
  hot: calling('hot', {}, { lead: hot }),
  mine: row('mine', { holder: 'agent', agent: { id: 'me', name: 'Me' }, last_at: '2026-11-21T10:30:00.000Z' }),
  closed: row('closed', { holder: 'closed' }),
};
const ids = (section: Parameters<typeof listed>[1], words = '') => listed(rows, section, words, 'me').map((one) => one.conversation_id);

describe('listed', () => {
  it('puts hot and unanswered first, then who waits, then mine, then missed, then the newest', () => {
    expect(ids('open')).toEqual(['hot', 'asked', 'mine', 'missed', 'gone', 'fresh', 'old']);
  });

  it('keeps the sections apart', () => {
    expect(ids('waiting')).toEqual(['hot', 'asked', 'missed', 'gone']);
    expect(ids('mine')).toEqual(['mine']);
    expect(ids('closed')).toEqual(['closed']);
    expect(counts(rows, 'me')).toEqual({ waiting: 4, mine: 1, open: 7, closed: 1 });
  });

  it('finds by every word, in any case, also in the reason', () => {
    expect(ids('open', 'ZOË')).toEqual(['fresh']);
    expect(ids('open', '40k year')).toEqual(['hot']);
    expect(ids('open', 'nobody')).toEqual([]);
  });
});

describe('isUnread', () => {
  it('concerns who waits and what is mine, until it was on screen', () => {
    expect(isUnread(rows.mine, {}, 'me')).toBe(true);
    expect(isUnread(rows.asked, {}, 'me')).toBe(true);
    expect(isUnread(rows.fresh, {}, 'me')).toBe(false);
    expect(isUnread(rows.mine, { mine: 1 }, 'me')).toBe(false);
    expect(isUnread({ ...rows.mine, last_author: 'agent' }, {}, 'me')).toBe(false);
  });
});

it('walks through the list and stops at its ends', () => {
  const list = listed(rows, 'open', '', 'me');
  expect(neighbour(list, null, 1)).toBe('hot');
  expect(neighbour(list, 'hot', 1)).toBe('asked');
  expect(neighbour(list, 'hot', -1)).toBe('hot');
  expect(neighbour([], null, 1)).toBeNull();
});
