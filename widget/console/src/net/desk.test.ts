// @vitest-environment node
/** The desk over a real Socket.IO line: gaps, refusals, and what happens when the line breaks. */
import type { Me } from '@handraise/protocol';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepIn, type Keep, readDraft, saveDraft } from '../core/keep.ts';
import { initialDesk, type DeskState } from '../core/state.ts';
import { entry, holder, lead, row, state } from '../test/samples.ts';
import type { Api } from './api.ts';
import { Desk, type News } from './desk.ts';
import { createLink, type Link } from './socket.ts';
import { createStore, type Store } from './store.ts';

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
const ben = { id: 'b', name: 'Ben' };

type Payload = Record<string, unknown>;
type Answerer = (payload: Payload) => unknown;

let http: HttpServer;
let io: Server;
let store: Store;
let desk: Desk;
let news: News[];
let answers: Record<string, Answerer>;
let asked: [string, Payload][];
let sockets: Socket[];
let signedIn: boolean;
let memory: Keep;
let link: Link;
let ids: number;

const log = [entry(1), entry(2), entry(3)];
const open = (payload: Payload) => ({
  ok: true,
  summary: row('c', { last_seq: log.length }),
  state: state({ holder: 'agent', agent: me, epoch: 1, last_seq: log.length }),
  entries: log.slice(Number(payload['last_seq'])),
  lead: lead(),
});

beforeEach(async () => {
  http = createServer();
  io = new Server(http, { transports: ['websocket'] });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  answers = { join: () => ({ ok: true, me, inbox: [row('c', { last_seq: 3 })], agents: [] }), open, leave: () => ({ ok: true }) };
  asked = [];
  sockets = [];
  news = [];
  signedIn = true;
  io.of('/agent').on('connection', (socket) => {
    sockets.push(socket);
    socket.onAny((event: string, payload: Payload, ack: (answer: unknown) => void) => {
      asked.push([event, payload]);
      const answer = answers[event];
      if (answer) ack(answer(payload));
    });
  });
  memory = keepIn(() => {
    throw new Error('no storage');
  });
  ids = 0;
  await openPage();
});

/** A page of the console in this tab; the tab's storage outlives it. */
async function openPage(): Promise<void> {
  const origin = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  const failed = { ok: false, status: 401, code: 'unauthorized', message: 'Sign in first.', retryAfter: null } as const;
  const api: Pick<Api, 'me' | 'logout'> = {
    me: () => Promise.resolve(signedIn ? { ok: true, value: { me } } : failed),
    logout: () => Promise.resolve({ ok: true, value: null }),
  };
  store = createStore(initialDesk);
  desk = new Desk({
    store,
    api,
    makeLink: (handlers) => (link = createLink(handlers, origin)),
    keep: memory,
    tab: memory,
    tellLater: () => undefined,
    news: (item) => news.push(item),
    newId: () => `m${String(++ids)}`,
  });
  await desk.start();
  await until((at) => at.link === 'online');
}

afterEach(async () => {
  await desk.signOut();
  await io.close();
});

const until = (holds: (at: DeskState) => boolean) =>
  vi.waitFor(() => expect(holds(store.get())).toBe(true), { timeout: 30_000, interval: 5 });
const talk = () => store.get().talks['c'];
const seqs = () => talk()?.log.entries.map((one) => one.seq);
const push = (event: string, payload: unknown) => sockets.at(-1)?.emit(event, payload);
const replies = () => asked.filter(([event]) => event === 'reply').map(([, payload]) => payload['client_msg_id']);
const opens = () => asked.filter(([event]) => event === 'open').map(([, payload]) => payload['last_seq']);

describe('an open conversation', () => {
  beforeEach(() => desk.show('c'));

  it('fetches what is missing when an entry skips one', async () => {
    log.push(entry(4), entry(5));
    push('entry', { conversation_id: 'c', entry: entry(5) });
    await until(() => talk()?.log.entries.length === 5);
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
    expect(opens()).toEqual([0, 3]);
    log.length = 3;
  });

  it('asks on until a long log is whole', async () => {
    const long = Array.from({ length: 450 }, (_, i) => entry(i + 1));
    answers['open'] = (payload) => {
      const from = Number(payload['last_seq']);
      return { ...open(payload), state: state({ epoch: 1, last_seq: 450 }), entries: long.slice(from, from + 200) };
    };
    await desk.open('c');
    expect(seqs()).toHaveLength(450);
  });

  it('ignores pushes that do not have the agreed shape', () => {
    push('entry', { conversation_id: 'c', entry: { seq: 'x' } });
    push('state', { holder: 'nobody' });
    push('lead', null);
    push('typing', { conversation_id: 'c', who: 'visitor', name: null, on: true });
    return until(() => talk()?.typing !== null).then(() => expect(seqs()).toEqual([1, 2, 3]));
  });

  it('joins and opens again where it was after the line broke', async () => {
    log.push(entry(4));
    sockets.at(-1)?.disconnect(true);
    await until((at) => at.link === 'offline');
    await until((at) => at.link === 'online' && talk()?.log.entries.length === 4);
    expect(opens()).toEqual([0, 3]);
    log.length = 3;
  });
});

describe('a reply', () => {
  beforeEach(() => desk.show('c'));

  it('names the epoch and the last entry seen', async () => {
    answers['reply'] = () => ({ ok: true, seq: 4, at: 'now' });
    await desk.replies.send('c', 'Hello');
    expect(asked.at(-1)).toEqual(['reply', { conversation_id: 'c', client_msg_id: 'm1', text: 'Hello', epoch: 1, seen_seq: 3 }]);
    push('entry', { conversation_id: 'c', entry: entry(4, { author: 'agent', client_msg_id: 'm1' }) });
    await until(() => talk()?.pending.length === 0 && talk()?.log.entries.length === 4);
  });

  it('shows newer lines first and goes out again only when told so', async () => {
    answers['reply'] = () => ({ ok: false, error: { code: 'newer_lines', message: 'New lines.', data: { entries: [entry(4)] } } });
    await desk.replies.send('c', 'Hello');
    expect(seqs()).toEqual([1, 2, 3, 4]);
    expect(talk()?.pending).toMatchObject([{ id: 'm1', status: 'newer' }]);
    answers['reply'] = () => ({ ok: true, seq: 5, at: 'now' });
    await desk.replies.retry('c', 'm1');
    expect(asked.at(-1)?.[1]).toMatchObject({ client_msg_id: 'm1', seen_seq: 4 });
    expect(talk()?.pending).toMatchObject([{ status: 'sent' }]);
  });

  it('comes back as a draft when somebody else holds the conversation', async () => {
    answers['reply'] = () => ({ ok: false, error: { code: 'not_holder', message: 'No.', data: { agent: ben } } });
    await desk.replies.send('c', 'Hello');
    expect(talk()?.pending).toEqual([]);
    expect(news).toMatchObject([{ type: 'draft_back', id: 'c', message: expect.stringContaining('Ben holds') as string }]);
    expect(readDraft(memory, 'c')).toBe('Hello');
  });

  it('that could not be sent goes out by itself when the line is back, under the same id', async () => {
    answers['reply'] = () => ({ ok: true, seq: 4, at: 'now' });
    sockets.at(-1)?.disconnect(true);
    await until((at) => at.link === 'offline');
    await desk.replies.send('c', 'Hello');
    expect(talk()?.pending).toMatchObject([{ id: 'm1', status: 'unsent' }]);
    await until(() => talk()?.pending[0]?.status === 'sent');
    expect(asked.filter(([event]) => event === 'reply')).toHaveLength(1);
  });
});

describe('a reply that the hub does not take', () => {
  const store1 = (seq: number) => () => ({ ok: true, seq, at: 'now' });
  const refuse =
    (code: string, more = {}) =>
    () => ({ ok: false, error: { code, message: 'No.', ...more } });
  beforeEach(() => desk.show('c'));
  afterEach(() => {
    log.length = 3;
  });

  it('waits as long as it is told, and nothing overtakes it', async () => {
    answers['reply'] = refuse('unavailable', { retry_after: 0.3 });
    const both = [desk.replies.send('c', 'one'), desk.replies.send('c', 'two')];
    await Promise.all(both);
    expect(talk()?.pending.map(({ text, status }) => [text, status])).toEqual([
      ['one', 'unsent'],
      ['two', 'unsent'],
    ]);
    let seq = 3;
    answers['reply'] = () => ({ ok: true, seq: ++seq, at: 'now' });
    await until(() => talk()?.pending.every(({ status }) => status === 'sent') === true);
    expect(replies()).toEqual(['m1', 'm1', 'm2']);
  });

  it('goes out after a break as it was written: the hub sees that the agent has not read what came meanwhile', async () => {
    sockets.at(-1)?.disconnect(true);
    await until((at) => at.link === 'offline');
    await desk.replies.send('c', 'Hello');
    log.push(entry(4));
    answers['reply'] = refuse('newer_lines', { data: { entries: [entry(4)] } });
    await until(() => talk()?.pending[0]?.status === 'newer');
    expect(asked.at(-1)?.[1]).toMatchObject({ client_msg_id: 'm1', epoch: 1, seen_seq: 3 });
    expect(seqs()).toEqual([1, 2, 3, 4]);
  });

  it('is there again after a reload, and goes out under the same id', async () => {
    answers['reply'] = refuse('unavailable', { retry_after: 60 });
    await desk.replies.send('c', 'Hello');
    link.close();
    answers['reply'] = store1(4);
    await openPage();
    await until(() => replies().length === 2);
    expect(replies()).toEqual(['m1', 'm1']);
    await until(() => talk()?.pending[0]?.status === 'sent');
  });

  it('becomes a draft after a reload when a colleague has taken over', async () => {
    answers['reply'] = refuse('unavailable', { retry_after: 60 });
    await desk.replies.send('c', 'Hello');
    link.close();
    answers['reply'] = refuse('not_holder', { data: { agent: ben } });
    await openPage();
    await until(() => talk()?.pending.length === 0 && readDraft(memory, 'c') === 'Hello');
  });

  it.each(['closed', 'not_found'])('%s leaves its words in the draft, behind those already there', async (code) => {
    answers['reply'] = refuse(code);
    saveDraft(memory, 'c', 'First');
    await desk.replies.send('c', 'Hello');
    expect(readDraft(memory, 'c')).toBe('First\nHello');
  });

  it('stays when the session has ended, for the same agent only', async () => {
    answers['reply'] = refuse('unauthorized');
    await desk.replies.send('c', 'Hello');
    await until((at) => at.session === 'expired');
    saveDraft(memory, 'c', 'half a line');
    answers['reply'] = store1(4);
    desk.enter(me);
    await until(() => talk()?.pending[0]?.status === 'sent');
    expect(replies()).toEqual(['m1', 'm1']);
    expect(readDraft(memory, 'c')).toBe('half a line');
    desk.enter({ ...me, id: 'b', name: 'Ben' });
    expect(readDraft(memory, 'c')).toBe('');
    expect(store.get().talks).toEqual({});
  });

  it('that breaks the agreement fails under another id, so that it can be tried again', async () => {
    answers['reply'] = refuse('conflict');
    await desk.replies.send('c', 'Hello');
    expect(talk()?.pending).toMatchObject([{ id: 'm2', status: 'failed', text: 'Hello' }]);
  });
});

describe('a call', () => {
  const calls = row('c', {
    holder: 'queue',
    epoch: 2,
    handoff: { id: 'h', reason: 'hot', state: 'ringing', requested_at: 'now', missed_at: null },
  });

  it('rings until a colleague takes it, and says who', async () => {
    push('ring', { summary: calls });
    await until((at) => 'c' in at.rings);
    push('ring_stop', { conversation_id: 'c', reason: 'accepted', by: ben });
    await until((at) => !('c' in at.rings));
    expect(news).toMatchObject([{ type: 'taken', by: 'Ben' }]);
  });

  it('that was taken a moment earlier stops ringing here', async () => {
    push('ring', { summary: calls });
    await until((at) => 'c' in at.rings);
    answers['accept'] = () => ({ ok: false, error: { code: 'taken', message: 'Ben has taken this chat.', data: { agent: ben } } });
    expect(await desk.accept('c')).toBe(false);
    expect(store.get().rings).toEqual({});
    expect(news).toMatchObject([{ type: 'problem', message: 'Ben has taken this chat.' }]);
  });

  it('changes hands in the open conversation at once', async () => {
    await desk.show('c');
    push('entry', { conversation_id: 'c', entry: holder(4, 7, 'agent', ben) });
    await until(() => talk()?.state?.agent?.id === 'b');
  });
});

describe('a visitor who is forgotten', () => {
  it('leaves no row, no line and no draft behind, and where the chat is open that is said', async () => {
    await desk.show('c');
    saveDraft(memory, 'c', 'Dear Jane');
    push('erased', { conversation_id: 'c' });
    await until(() => talk()?.status === 'erased');
    expect(talk()).toMatchObject({ log: { entries: [] }, state: null, lead: null, pending: [] });
    expect(store.get().inbox['c']).toBeUndefined();
    expect(readDraft(memory, 'c')).toBe('');
  });

  it('while this browser was away leaves no draft behind either, and other drafts stay', async () => {
    saveDraft(memory, 'gone', 'Dear Jane');
    saveDraft(memory, 'old', 'Dear Ben');
    answers['open'] = (payload) =>
      payload['conversation_id'] === 'gone'
        ? { ok: false, error: { code: 'not_found', message: 'There is no such conversation.' } }
        : open(payload);
    sockets.at(-1)?.disconnect(true);
    await vi.waitFor(() => expect(readDraft(memory, 'gone')).toBe(''), { timeout: 30_000, interval: 20 });
    await vi.waitFor(() =>
      expect(asked.filter(([event, { conversation_id }]) => event === 'open' && conversation_id === 'old')).toHaveLength(1),
    );
    expect(readDraft(memory, 'old')).toBe('Dear Ben');
  });
});

describe('a session', () => {
  it('that ends by the server leads to the sign-in and keeps open conversations', async () => {
    await desk.show('c');
    push('signed_out', {});
    await until((at) => at.session === 'expired');
    expect(talk()?.log.entries).toHaveLength(3);
  });

  it('that is gone on reconnecting leads to the sign-in', async () => {
    signedIn = false;
    io.of('/agent').use((_, next) => next(new Error('unauthorized')));
    sockets.at(-1)?.disconnect(true);
    await until((at) => at.session === 'expired');
  });
});
