import type { AgentPushes, Me, Summary } from '@handraise/protocol';
import { AgentAcks, AgentPushes as pushes, parse, parseAck } from '@handraise/protocol';
import { describe, expect, it } from 'vitest';
import { calling, contract, entry, holder, lead, row, state } from '../test/samples.ts';
import { reduce } from './reducer.ts';
import { initialDesk, type DeskEvent, type DeskState, type Pending } from './state.ts';
import { isBehind } from './talk.ts';

const me = {
  id: 'me',
  name: 'Me',
  email: 'me@example.com',
  role: 'agent',
  available: true,
  permissions: ['chat'],
  second_factor: false,
  must_set_up: false,
  must_name: false,
} satisfies Me;
const after = (events: readonly DeskEvent[], from: DeskState = initialDesk) => events.reduce(reduce, from);
const opened = (seqs: readonly number[], more = {}): DeskEvent => ({
  type: 'opened',
  id: 'c',
  summary: row('c'),
  state: state({ last_seq: seqs.length, ...more }),
  entries: seqs.map((seq) => entry(seq)),
  lead: null,
});
const sending = (id: string): DeskEvent => {
  const pending: Pending = { id, text: 'hi', status: 'sending', problem: null, seq: null, at: '', epoch: 0, seen: 0 };
  return { type: 'sending', id: 'c', pending };
};
const talk = (desk: DeskState) => {
  const found = desk.talks['c'];
  if (!found) throw new Error('not open');
  return found;
};

describe('a conversation', () => {
  it('is behind when the hub knows more, and no longer after the rest came', () => {
    const desk = after([opened([1, 2]), { type: 'state', id: 'c', state: state({ last_seq: 4 }) }]);
    expect(isBehind(talk(desk))).toBe(true);
    const whole = reduce(desk, { type: 'entries', id: 'c', entries: [entry(3), entry(4)] });
    expect(isBehind(talk(whole))).toBe(false);
  });

  it('ignores entries of a conversation that is not open', () => {
    expect(after([{ type: 'entries', id: 'x', entries: [entry(1)] }])).toEqual(initialDesk);
  });

  it('changes hands by the holder entry alone, and never back to an older epoch', () => {
    const desk = after([opened([1]), { type: 'entries', id: 'c', entries: [holder(2, 1, 'queue')] }]);
    expect(talk(desk).state).toMatchObject({ holder: 'queue', epoch: 1, waiting: true });
    const taken = reduce(desk, { type: 'entries', id: 'c', entries: [holder(3, 2, 'agent', { id: 'b', name: 'Ben' })] });
    expect(talk(taken).state).toMatchObject({ holder: 'agent', agent: { name: 'Ben' }, waiting: false });
    const stale = reduce(taken, { type: 'state', id: 'c', state: state({ holder: 'queue', epoch: 1, last_seq: 9 }) });
    expect(talk(stale).state).toMatchObject({ holder: 'agent', epoch: 2, last_seq: 9 });
  });

  it('drops a line under way when its entry comes, before or after the acknowledgement', () => {
    const mine = entry(2, { author: 'agent', client_msg_id: 'm1' });
    const done: DeskEvent = { type: 'send_ended', id: 'c', pendingId: 'm1', status: 'sent', problem: null, seq: 2 };
    const entryCame: DeskEvent = { type: 'entries', id: 'c', entries: [mine] };
    for (const order of [
      [done, entryCame],
      [entryCame, done],
    ]) {
      const desk = after([opened([1]), sending('m1'), ...order]);
      expect(talk(desk).pending).toEqual([]);
      expect(talk(desk).log.entries).toHaveLength(2);
    }
  });

  it('keeps a refused line with its reason', () => {
    const refused: DeskEvent = { type: 'send_ended', id: 'c', pendingId: 'm1', status: 'failed', problem: 'Too long.', seq: null };
    expect(talk(after([opened([1]), sending('m1'), refused])).pending).toMatchObject([
      { id: 'm1', status: 'failed', problem: 'Too long.' },
    ]);
  });

  it('stops typing when the line arrives', () => {
    const desk = after([opened([1]), { type: 'typing', id: 'c', typing: { who: 'visitor', name: null }, on: true }]);
    expect(talk(desk).typing).not.toBeNull();
    expect(talk(reduce(desk, { type: 'entries', id: 'c', entries: [entry(2)] })).typing).toBeNull();
  });

  it('shows who types, but not my own dots', () => {
    const typing = (name: string): DeskEvent => ({ type: 'typing', id: 'c', typing: { who: 'agent', name }, on: true });
    const mine = after([{ type: 'signed_in', me }, opened([1], { holder: 'agent', agent: { id: 'me', name: 'Me' } }), typing('Me')]);
    expect(talk(mine).typing).toBeNull();
    const theirs = after([{ type: 'signed_in', me }, opened([1], { holder: 'agent', agent: { id: 'b', name: 'Ben' } }), typing('Ben')]);
    expect(talk(theirs).typing).toMatchObject({ name: 'Ben' });
  });

  it('has nobody typing after a break', () => {
    const desk = after([opened([1]), { type: 'typing', id: 'c', typing: { who: 'visitor', name: null }, on: true }]);
    expect(talk(reduce(desk, { type: 'link', link: 'offline' })).typing).toBeNull();
  });

  it('begins anew when the hub knows less than is shown here', () => {
    const desk = after([opened([1, 2, 3], { epoch: 4 }), opened([], { epoch: 1, last_seq: 2 })]);
    expect(talk(desk)).toMatchObject({ log: { entries: [] }, state: { epoch: 1, last_seq: 2 } });
    expect(isBehind(talk(desk))).toBe(true);
  });

  it('survives the end of a session with its unsent lines, but not signing out', () => {
    const desk = after([{ type: 'signed_in', me }, opened([1]), sending('m1')]);
    expect(talk(reduce(desk, { type: 'signed_out', expired: true })).pending).toHaveLength(1);
    expect(reduce(desk, { type: 'signed_out', expired: false }).talks).toEqual({});
  });
});

describe('the inbox', () => {
  const joined = (inbox: readonly Summary[]): DeskEvent => ({ type: 'joined', me, inbox, agents: [] });

  it('is what the hub says on joining', () => {
    const desk = after([joined([row('a')]), joined([row('b')])]);
    expect(Object.keys(desk.inbox)).toEqual(['b']);
  });

  it('never goes back to an older row', () => {
    const desk = after([joined([row('a', { last_seq: 5, epoch: 2 })])]);
    expect(reduce(desk, { type: 'summary', summary: row('a', { last_seq: 4, epoch: 2 }) })).toMatchObject({ inbox: desk.inbox });
    expect(reduce(desk, { type: 'summary', summary: row('a', { last_seq: 6, epoch: 2 }) }).inbox['a']?.last_seq).toBe(6);
  });

  it('rings and stops ringing', () => {
    const ringing = after([joined([]), { type: 'ring', summary: calling('a') }]);
    expect(Object.keys(ringing.rings)).toEqual(['a']);
    expect(ringing.inbox['a']?.holder).toBe('queue');
    expect(reduce(ringing, { type: 'ring_stop', id: 'a' }).rings).toEqual({});
    expect(reduce(ringing, { type: 'summary', summary: row('a', { holder: 'agent', epoch: 9 }) }).rings).toEqual({});
  });

  it('follows my own status from the list of agents', () => {
    const desk = after([joined([]), { type: 'agents', agents: [{ id: 'me', name: 'Me', available: false }] }]);
    expect(desk.me?.available).toBe(false);
  });

  it('marks what was seen, only forwards', () => {
    const desk = after([{ type: 'seen', id: 'a', seq: 4 }]);
    expect(reduce(desk, { type: 'seen', id: 'a', seq: 3 })).toBe(desk);
  });
});

describe('the samples of the contract', () => {
  interface AgentSamples {
    client: Record<string, { ack: unknown }>;
    server: Record<string, { valid: Record<string, unknown>; invalid?: Record<string, unknown> }>;
  }
  const samples = contract<AgentSamples>('agent');

  it('open a conversation from what the hub answers', () => {
    const join = parseAck(AgentAcks.join, samples.client['join']?.ack);
    const open = parseAck(AgentAcks.open, samples.client['open']?.ack);
    if (!join.ok || !open.ok) throw new Error('the guards refuse the samples');
    const id = open.value.summary.conversation_id;
    const desk = after([
      { type: 'joined', ...join.value },
      { type: 'opened', id, ...open.value },
    ]);
    expect(desk.inbox[id]?.lead?.tier).toBe('hot');
    expect(desk.talks[id]?.lead?.score).toBe(lead({ score: 80 }).score);
    expect(desk.talks[id]?.log.entries.map((one) => one.seq)).toEqual([1, 2]);
  });

  it.each(Object.keys(pushes))('are read by the guard of %s, and the bad ones refused', (name) => {
    const shape = samples.server[name];
    const guard = pushes[name as keyof typeof AgentPushes];
    for (const good of Object.values(shape?.valid ?? {})) expect(parse(guard, good)).not.toBeNull();
    for (const bad of Object.values(shape?.invalid ?? {})) expect(parse(guard, bad)).toBeNull();
    expect(shape).toBeDefined();
  });
});
