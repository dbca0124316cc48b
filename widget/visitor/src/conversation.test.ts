import type { ConversationState, Entry, Joined } from '@handraise/protocol';
import { describe, expect, it } from 'vitest';
import { type Change, type Conversation, emptyConversation, hasGap, lastSeq, type Pending, reduce, unread } from './conversation.ts';

const state: ConversationState = {
  conversation_id: 'c1',
  holder: 'bot',
  epoch: 0,
  agent: null,
  waiting: false,
  last_seq: 0,
  closed: false,
  bot_online: true,
};

function line(seq: number, more: Partial<Entry> = {}): Entry {
  const common = {
    seq,
    name: null,
    text: `line ${String(seq)}`,
    client_msg_id: null,
    choices: [],
    data: {},
    at: '2026-11-21T21:15:50.123Z',
  };
  return { kind: 'message', author: 'bot', ...common, ...more } as Entry;
}

function pending(id: string, more: Partial<Pending> = {}): Pending {
  return { id, event: 'message', text: id, payload: { text: id }, conversation: null, at: '', status: 'sending', ...more };
}

function joined(entries: Entry[], more: Partial<ConversationState> = {}, carry = false): Change {
  const known = { ...state, last_seq: entries.length, ...more };
  const value: Joined = { token: 't', state: known, entries, agreed: true, site: null, erased: null };
  return { type: 'joined', joined: value, carry };
}

const queued = (id: string, more: Partial<Pending> = {}): Change => ({ type: 'queued', pending: pending(id, more) });

function run(changes: Change[], from: Conversation = emptyConversation()): Conversation {
  return changes.reduce(reduce, from);
}

function seqs({ entries }: Conversation): number[] {
  return entries.map(({ seq }) => seq);
}

const arrive = (...entries: Entry[]): Change => ({ type: 'entries', entries });

describe('the log', () => {
  it('is shown by seq, whatever the order of arrival', () => {
    const orders = [
      [1, 2, 3, 4],
      [4, 3, 2, 1],
      [2, 4, 1, 3],
      [3, 1, 1, 4, 2, 2, 3],
    ];
    for (const order of orders) {
      const after = run([joined([]), ...order.map((seq) => arrive(line(seq)))]);
      expect(seqs(after), order.join()).toEqual([1, 2, 3, 4]);
      expect(hasGap(after)).toBe(false);
    }
  });

  it('holds back what stands behind a gap until the gap is filled', () => {
    const before = run([joined([line(1)]), arrive(line(3)), arrive(line(4))]);
    expect(seqs(before)).toEqual([1]);
    expect(hasGap(before)).toBe(true);
    expect(seqs(reduce(before, arrive(line(2))))).toEqual([1, 2, 3, 4]);
  });

  it('knows of a gap from the state alone', () => {
    expect(hasGap(run([joined([line(1)], { last_seq: 3 })]))).toBe(true);
  });

  it('keeps its entries over a broken line and takes only what is new', () => {
    const after = run([joined([line(1), line(2)]), { type: 'link', link: 'down' }, joined([line(3)], { last_seq: 3 })]);
    expect(seqs(after)).toEqual([1, 2, 3]);
  });

  it('starts from nothing when the hub gives another conversation', () => {
    const after = run([joined([line(1), line(2)]), joined([line(1)], { conversation_id: 'c2', last_seq: 1 })]);
    expect(after.state?.conversation_id).toBe('c2');
    expect(seqs(after)).toEqual([1]);
  });

  it('starts from nothing when the log has become shorter, and sees that everything is missing', () => {
    const after = run([joined([line(1), line(2), line(3)]), { type: 'link', link: 'down' }, joined([], { last_seq: 2 })]);
    expect(seqs(after)).toEqual([]);
    expect(hasGap(after)).toBe(true);
  });

  it('takes the buttons away from every tab once one was used', () => {
    const asked = line(1, { choices: [{ id: 'a', title: 'A' }] });
    const chosen = line(2, { kind: 'choice', author: 'visitor', data: { choice_id: 'a', of_seq: 1 } } as Partial<Entry>);
    expect(run([joined([asked]), arrive(chosen)]).entries[0]?.choices).toEqual([]);
  });
});

describe('unsent lines', () => {
  it('give way to their entry, once', () => {
    const before = run([joined([]), { type: 'queued', pending: pending('x') }]);
    const after = reduce(before, arrive(line(1, { author: 'visitor', client_msg_id: 'x' } as Partial<Entry>)));
    expect(after.pending).toEqual([]);
    expect(seqs(after)).toEqual([1]);
  });

  it('belong to the conversation that is joined first', () => {
    expect(run([{ type: 'queued', pending: pending('x') }, joined([])]).pending[0]?.conversation).toBe('c1');
  });

  it('stay for the visitor to decide when another conversation begins; buttons, stars and what was stored go with the old one', () => {
    const before = run([
      joined([]),
      ...['message', 'contact', 'choose', 'rate'].map((event) => queued(event, { event: event as Pending['event'], conversation: 'c1' })),
      queued('stored', { conversation: 'c1', status: 'sent' }),
    ]);
    const after = reduce(before, joined([], { conversation_id: 'c2' }));
    expect(after.pending.map(({ id, status, conversation }) => [id, status, conversation])).toEqual([
      ['message', 'failed', 'c2'],
      ['contact', 'failed', 'c2'],
    ]);
  });

  it('go on by themselves when the hub has forgotten the old conversation', () => {
    const before = run([joined([]), queued('x', { conversation: 'c1' }), queued('bad', { conversation: 'c1', status: 'refused' })]);
    const after = reduce(before, joined([], { conversation_id: 'c2' }, true));
    expect(after.pending.map(({ id, status }) => [id, status])).toEqual([
      ['x', 'sending'],
      ['bad', 'refused'],
    ]);
  });

  it('tell of a gap when they were stored but did not come back', () => {
    const after = run([joined([]), { type: 'queued', pending: pending('x') }, { type: 'stored', id: 'x', seq: 1 }]);
    expect(after.pending[0]?.status).toBe('sent');
    expect(hasGap(after)).toBe(true);
  });

  it('fail and are tried again, under another id where the old one was used for something else', () => {
    const failed = run([queued('x'), { type: 'failed', id: 'x', as: 'y' }]);
    expect(failed.pending).toMatchObject([{ id: 'y', status: 'failed' }]);
    expect(reduce(failed, { type: 'again', id: 'y' }).pending[0]?.status).toBe('sending');
  });
});

describe('the state', () => {
  const agent = { id: 'a', name: 'Mara' };

  it('of an older epoch changes nobody, but may know of entries', () => {
    const now = run([joined([line(1)], { holder: 'agent', agent, epoch: 3 })]);
    const after = reduce(now, { type: 'state', state: { ...state, epoch: 2, last_seq: 5 } });
    expect(after.state).toMatchObject({ holder: 'agent', agent, epoch: 3, last_seq: 5 });
  });

  it('after a join is what the hub says, whatever was known', () => {
    const before = run([joined([line(1)], { holder: 'agent', agent, epoch: 3, closed: false })]);
    const after = run([{ type: 'link', link: 'down' }, joined([], { holder: 'closed', closed: true, epoch: 4, last_seq: 1 })], before);
    expect(after.state).toMatchObject({ holder: 'closed', closed: true, agent: null });
  });
});

describe('typing', () => {
  const typing: Change = { type: 'typing', typing: { who: 'bot', name: null, on: true } };
  const enders: [string, Change][] = [
    ['the word that it is over', { type: 'typing', typing: { who: 'bot', name: null, on: false } }],
    ['the line that was typed', arrive(line(1))],
    ['a lost connection', { type: 'link', link: 'down' }],
    ['other hands', { type: 'state', state: { ...state, holder: 'agent', agent: { id: 'a', name: 'Mara' } } }],
    ['the time limit', { type: 'typing_over' }],
    ['a new join', joined([])],
  ];

  it.each(enders)('ends with %s', (_, change) => {
    const before = run([joined([]), typing]);
    expect(before.typing).not.toBeNull();
    expect(reduce(before, change).typing).toBeNull();
  });

  it("goes on over somebody else's line", () => {
    const agent: Change = { type: 'typing', typing: { who: 'agent', name: 'Mara', on: true } };
    expect(run([joined([]), agent, arrive(line(1))]).typing?.who).toBe('agent');
  });
});

describe('unread', () => {
  it('counts lines of bot and agent behind the last look', () => {
    const entries = [line(1), line(2, { author: 'visitor' } as Partial<Entry>), line(3), line(4, { author: 'agent' } as Partial<Entry>)];
    const after = run([joined(entries)]);
    expect(unread(after)).toBe(2);
    expect(unread(reduce(after, { type: 'seen', seq: lastSeq(after) }))).toBe(0);
  });

  it('never forgets a look', () => {
    expect(run([joined([line(1), line(2)]), { type: 'seen', seq: 2 }, { type: 'seen', seq: 1 }]).seen).toBe(2);
  });
});
