import { describe, expect, it } from 'vitest';
import type { Pending } from './conversation.ts';
import { Memory, memoryShelf, shelfOr } from './storage.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

function pending(id: string, more: Partial<Pending> = {}): Pending {
  return {
    id,
    event: 'message',
    text: 'Hi',
    payload: { text: 'Hi' },
    conversation: 'c',
    at: '2026-11-21T11:00:00Z',
    status: 'sending',
    ...more,
  };
}

describe('Memory', () => {
  it('gives unsent lines back after a reload; what the hub refused waits for the visitor', () => {
    const tab = memoryShelf();
    const rows = (['retrying', 'sending', 'sent', 'failed', 'refused'] as const).map((status) => pending(status, { status }));
    new Memory('demo', memoryShelf(), tab).unsent = rows;
    const after = new Memory('demo', memoryShelf(), tab, () => NOON).unsent;
    expect(after.map(({ id, status }) => [id, status])).toEqual([
      ['retrying', 'sending'],
      ['sending', 'sending'],
      ['failed', 'failed'],
      ['refused', 'refused'],
    ]);
  });

  it('gives up on lines older than a day', () => {
    const memory = new Memory('demo', memoryShelf(), memoryShelf(), () => NOON);
    memory.unsent = [pending('old', { at: '2026-11-20T11:59:00Z' }), pending('new')];
    expect(memory.unsent.map(({ id }) => id)).toEqual(['new']);
  });

  it.each(['', '{', 'null', '7', '{"a":1}', '[null, 3, {"id": 1}, {"id": "x", "event": "eval", "text": "", "payload": {}, "at": ""}]'])(
    'reads a broken row %j as nothing',
    (text) => {
      const tab = memoryShelf();
      const memory = new Memory('demo', memoryShelf(), tab);
      tab.setItem(memory.key('unsent'), text);
      expect(memory.unsent).toEqual([]);
    },
  );

  it('keeps sites apart and shares the token, not the drafts, between tabs', () => {
    const shared = memoryShelf();
    const one = new Memory('demo', shared, memoryShelf());
    const other = new Memory('demo', shared, memoryShelf());
    one.keep('secret', 'c');
    one.setDraft('message', 'half a line');
    expect(other.token).toBe('secret');
    expect(other.draft('message')).toBe('');
    expect(new Memory('shop', shared, memoryShelf()).token).toBeNull();
  });

  it('knows of which conversation the token is, unless a widget that does not say so has changed it', () => {
    const shared = memoryShelf();
    const memory = new Memory('demo', shared, memoryShelf());
    memory.keep('t1', 'c1');
    expect([memory.isOf('c1'), memory.isOf('c2')]).toEqual([true, false]);
    shared.setItem(memory.key('token'), 't2');
    expect(memory.isOf('c1')).toBe(false);
  });

  it('does not replace a token by one that the browser does not take', () => {
    const shared = memoryShelf();
    const memory = new Memory('demo', shared, memoryShelf());
    memory.keep('t1', 'c');
    const { setItem } = shared;
    shared.setItem = () => {
      throw new Error('QuotaExceededError');
    };
    expect(memory.replace('t2', 'c')).toBe(false);
    expect(memory.token).toBe('t1');
    shared.setItem = setItem;
    expect(memory.replace('t2', 'c')).toBe(true);
    expect(new Memory('demo', shared, memoryShelf()).token).toBe('t2');
  });

  it('remembers a look only for its conversation', () => {
    const memory = new Memory('demo', memoryShelf(), memoryShelf());
    memory.setSeen('c1', 4);
    expect(memory.seen('c1')).toBe(4);
    expect(memory.seen('c2')).toBe(0);
  });

  it('goes on when the browser blocks or fills its storage', () => {
    const blocked = shelfOr(() => {
      throw new Error('SecurityError');
    });
    const full = {
      ...memoryShelf(),
      setItem: () => {
        throw new Error('QuotaExceededError');
      },
    };
    const memory = new Memory('demo', blocked, full, () => NOON);
    memory.keep('t', 'c');
    memory.unsent = [pending('a')];
    expect(memory.token).toBe('t');
    expect(memory.unsent.map(({ id }) => id)).toEqual(['a']);
    memory.unsent = [];
    expect(memory.unsent).toEqual([]);
  });

  it('keeps the conversation of this tab when the shared storage is full or is taken away', () => {
    const fails = () => {
      throw new Error('QuotaExceededError');
    };
    const memory = new Memory('demo', { getItem: fails, setItem: fails, removeItem: fails }, memoryShelf());
    expect(memory.token).toBeNull();
    memory.keep('t', 'c');
    expect(memory.token).toBe('t');
  });
});
