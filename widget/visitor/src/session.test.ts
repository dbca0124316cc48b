/** The session against a real Socket.IO server that speaks the protocol and can be made to fail. */
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse, SiteAnswer } from '@handraise/protocol';
import { makeHub } from '../dev/hub.mjs';
import { VisitorClient } from './client.ts';
import type { OneTab } from './given.ts';
import { Session } from './session.ts';
import { Memory, memoryShelf, type Shelf } from './storage.ts';

const page = { url: 'https://x.example/', title: 'X', referrer: '' };

let hub: ReturnType<typeof makeHub>;
let origin: string;
let sessions: Session[];

beforeEach(async () => {
  hub = makeHub();
  sessions = [];
  await new Promise<void>((done) => hub.http.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${String((hub.http.address() as AddressInfo).port)}`;
});

afterEach(async () => {
  for (const session of sessions) session.stop();
  await hub.io.close();
});

const AT_ONCE = { first: [0, 0], again: [0, 0] };

function open(shared: Shelf = memoryShelf(), tab: Shelf = memoryShelf(), oneTab?: OneTab): Session {
  const session = new Session(new VisitorClient(origin, 'demo'), new Memory('demo', shared, tab), { page, lang: 'en' }, oneTab, AT_ONCE);
  sessions.push(session);
  session.start();
  return session;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 20 });
const texts = (session: Session): string[] => session.conversation.entries.map(({ text }) => text);
const sent = (event: string): unknown[] => hub.received.filter(([name]) => name === event).map(([, payload]) => payload);
const storedBy = (text: string): number => hub.newest()?.entries.filter((entry) => entry.text === text).length ?? 0;

async function joined(session: Session): Promise<Session> {
  await until(() => expect(session.conversation.entries.length).toBeGreaterThan(0));
  return session;
}

describe('a session', () => {
  it('joins, sends and shows its line once', async () => {
    const session = await joined(open());
    session.send('Hello');
    await until(() => expect(texts(session)).toContain('Hello'));
    expect(session.conversation.pending).toEqual([]);
    expect(storedBy('Hello')).toBe(1);
  });

  it('sends what was written before the line stood, in order', async () => {
    const session = open();
    for (const text of ['one', 'two', 'three']) session.send(text);
    await until(() => expect(texts(session).filter((text) => ['one', 'two', 'three'].includes(text))).toEqual(['one', 'two', 'three']));
  });

  it('loses and doubles nothing when the line breaks before the answer', async () => {
    const session = await joined(open());
    hub.faults.mute = (event) => event === 'message';
    hub.faults.hold = () => true;
    session.send('Only once');
    await until(() => expect(storedBy('Only once')).toBe(1));
    expect(session.conversation.pending[0]?.status).toBe('sending');
    hub.faults.mute = () => false;
    hub.faults.hold = () => false;
    hub.cut();
    await until(() => expect(session.conversation.pending).toEqual([]));
    expect(texts(session).filter((text) => text === 'Only once')).toHaveLength(1);
    expect(storedBy('Only once')).toBe(1);
  });

  it('waits as long as it is told to, however often, and keeps the order', async () => {
    const session = await joined(open());
    let refusals = 0;
    hub.faults.refuse = (event) => (event === 'message' && refusals++ < 8 ? { code: 'too_fast', message: 'x', retry_after: 0.01 } : null);
    session.send('first');
    session.send('second');
    await until(() => expect(storedBy('second')).toBe(1));
    expect(refusals).toBeGreaterThan(8);
    expect(texts(session).slice(-2)).toEqual(['first', 'second']);
    expect(session.conversation.pending).toEqual([]);
  });

  it('keeps an unsent line over a reload', async () => {
    const [shared, tab] = [memoryShelf(), memoryShelf()];
    const before = await joined(open(shared, tab));
    hub.faults.refuse = (event) => (event === 'message' ? { code: 'unavailable', message: 'x', retry_after: 60 } : null);
    before.send('Do not forget me');
    await until(() => expect(sent('message')).toHaveLength(1));
    before.stop();
    hub.faults.refuse = () => null;
    const after = open(shared, tab);
    await until(() => expect(texts(after)).toContain('Do not forget me'));
    expect(storedBy('Do not forget me')).toBe(1);
  });

  it('asks for what it missed', async () => {
    const session = await joined(open());
    hub.faults.hold = () => true;
    hub.add(hub.newest(), 'message', 'bot', 'lost on the way');
    hub.faults.hold = () => false;
    hub.add(hub.newest(), 'message', 'bot', 'arrived');
    await until(() => expect(texts(session).slice(-2)).toEqual(['lost on the way', 'arrived']));
    expect(sent('sync')).toEqual([{ last_seq: 1 }]);
  });

  it('comes back after a lost line with what happened meanwhile', async () => {
    const session = await joined(open());
    hub.cut();
    await until(() => expect(session.conversation.joined).toBe(false));
    hub.add(hub.newest(), 'message', 'bot', 'while you were away');
    await until(() => expect(texts(session)).toContain('while you were away'));
    expect(sent('join').at(-1)).toMatchObject({ last_seq: 1 });
  });

  it('marks a line that was not taken as failed and sends it again on request', async () => {
    const session = await joined(open());
    hub.faults.refuse = (event) => (event === 'message' ? { code: 'forbidden', message: 'x' } : null);
    session.send('Try me');
    await until(() => expect(session.conversation.pending[0]?.status).toBe('failed'));
    hub.faults.refuse = () => null;
    session.again(session.conversation.pending[0]?.id ?? '');
    await until(() => expect(texts(session)).toContain('Try me'));
  });

  it('gives a refused line back to be changed, and the contact form with what was typed', async () => {
    const tab = memoryShelf();
    const session = await joined(open(memoryShelf(), tab));
    hub.faults.refuse = (event) => (event === 'message' || event === 'contact' ? { code: 'invalid', message: 'x' } : null);
    session.send('Too odd');
    session.contact({ name: 'Jane', email: 'jane@nowhere.invalid', message: 'Call me', consent: 'I agree', marketing: null });
    await until(() => expect(session.conversation.pending.map(({ status }) => status)).toEqual(['refused']));
    await until(() => expect(session.conversation.formRefused).toBe('email'));
    expect(session.discard(session.conversation.pending[0]?.id ?? '')).toBe('Too odd');
    expect(session.conversation.pending).toEqual([]);
    const memory = new Memory('demo', memoryShelf(), tab);
    expect(['name', 'email', 'contact'].map((name) => memory.draft(name))).toEqual(['Jane', 'jane@nowhere.invalid', 'Call me']);
  });

  it('gives the form back when other words are to be agreed to by now, and brings these', async () => {
    const tab = memoryShelf();
    const session = await joined(open(memoryShelf(), tab));
    hub.faults.refuse = (event) => (event === 'contact' ? { code: 'words_changed', message: 'x' } : null);
    session.contact({ name: 'Jane', email: 'jane@acme.io', message: 'Call me', consent: 'Old words', marketing: null });
    await until(() => expect(session.conversation).toMatchObject({ formRefused: 'consent', pending: [] }));
    await until(() => expect(sent('join')).toHaveLength(2));
    await until(() => expect(session.conversation.joined).toBe(true));
    expect(session.conversation.formRefused).toBe('consent');
    const memory = new Memory('demo', memoryShelf(), tab);
    expect(['name', 'email', 'contact'].map((name) => memory.draft(name))).toEqual(['Jane', 'jane@acme.io', 'Call me']);
  });

  it('keeps what was written when the visitor starts over before it was sent', async () => {
    const session = await joined(open());
    hub.faults.refuse = (event) => (event === 'message' ? { code: 'unavailable', message: 'x', retry_after: 60 } : null);
    session.send('Half said');
    await until(() => expect(session.conversation.pending[0]?.status).toBe('retrying'));
    expect(await session.restart()).toBe(true);
    expect(session.conversation.pending).toMatchObject([{ text: 'Half said', status: 'failed' }]);
    hub.faults.refuse = () => null;
    session.again(session.conversation.pending[0]?.id ?? '');
    await until(() => expect(texts(session)).toContain('Half said'));
  });

  it('goes on in a new conversation when the hub has forgotten the old one', async () => {
    const session = await joined(open());
    hub.cut();
    await until(() => expect(session.conversation.joined).toBe(false));
    session.send('Still there?');
    hub.conversations.clear();
    await until(() => expect(texts(session)).toContain('Still there?'));
    expect(storedBy('Still there?')).toBe(1);
  });

  it('looks for what it missed when the browser is back', async () => {
    const session = await joined(open());
    hub.faults.hold = () => true;
    hub.add(hub.newest(), 'message', 'bot', 'unheard');
    hub.faults.hold = () => false;
    session.nudge();
    await until(() => expect(texts(session)).toContain('unheard'));
  });

  it('begins one conversation in two new tabs', async () => {
    const shared = memoryShelf();
    let last: Promise<void> = Promise.resolve();
    const oneTab = (work: () => Promise<void>) => (last = last.then(work));
    const tabs = [open(shared, memoryShelf(), oneTab), open(shared, memoryShelf(), oneTab)];
    for (const tab of tabs) await joined(tab);
    expect(new Set(tabs.map((tab) => tab.conversation.state?.conversation_id)).size).toBe(1);
    expect(hub.conversations.size).toBe(1);
  });

  it('lets a spent button go without a word', async () => {
    const session = await joined(open());
    hub.faults.refuse = (event) => (event === 'choose' ? { code: 'choice_spent', message: 'x' } : null);
    session.choose({ id: 'gone', title: 'Gone' });
    await until(() => expect(sent('choose')).toHaveLength(1));
    await until(() => expect(session.conversation.pending).toEqual([]));
  });

  it('shows the same in two tabs, and follows when one starts over', async () => {
    const shared = memoryShelf();
    const one = await joined(open(shared));
    const other = await joined(open(shared));
    one.send('Hello from one');
    await until(() => expect(texts(other)).toContain('Hello from one'));
    expect(await one.restart()).toBe(true);
    other.follow();
    await until(() => expect(other.conversation.state?.conversation_id).toBe(one.conversation.state?.conversation_id));
    expect(texts(other)).not.toContain('Hello from one');
  });

  it('does not replay old lines as new ones', async () => {
    const shared = memoryShelf();
    await joined(open(shared));
    const heard: string[] = [];
    const later = open(shared);
    later.onLine = ({ text }) => heard.push(text);
    await joined(later);
    hub.add(hub.newest(), 'message', 'agent', 'fresh');
    await until(() => expect(heard).toEqual(['fresh']));
  });
});

describe('the token', () => {
  const tokenIn = (shared: Shelf) => new Memory('demo', shared, memoryShelf()).token;
  const chatIs = (session: Session) => session.conversation.state?.conversation_id;

  async function begun(shared: Shelf): Promise<string | null> {
    (await joined(open(shared))).stop();
    return tokenIn(shared);
  }

  async function returned(shared: Shelf): Promise<Session> {
    hub.renewal.on = true;
    return joined(open(shared));
  }

  it('is replaced when the visitor comes back, and the new one is what the next line uses', async () => {
    const shared = memoryShelf();
    const before = await begun(shared);
    const session = await returned(shared);
    await until(() => expect(sent('renew')).toHaveLength(2));
    const after = tokenIn(shared);
    expect(after).not.toBe(before);
    expect(sent('renew')).toEqual([{ token: before }, { token: after }]);
    expect([...hub.conversations.keys()]).toEqual([after]);
    hub.cut();
    await until(() => expect(sent('join')).toHaveLength(3));
    expect(sent('join').at(-1)).toMatchObject({ token: after, last_seq: 1 });
    await until(() => expect(session.conversation.joined).toBe(true));
    expect(hub.conversations.size).toBe(1);
  });

  it('stays when the answer with the new one is lost, and the chat with it', async () => {
    const shared = memoryShelf();
    await begun(shared);
    hub.faults.mute = (event) => event === 'renew';
    const session = await returned(shared);
    const before = tokenIn(shared);
    await until(() => expect(hub.renewal.waiting.size).toBe(1));
    hub.cut();
    await until(() => expect(sent('renew')).toHaveLength(2));
    expect(tokenIn(shared)).toBe(before);
    expect(hub.conversations.size).toBe(1);
    session.send('Still mine');
    await until(() => expect(texts(session)).toContain('Still mine'));
  });

  it('is good although the hub never heard that it was kept', async () => {
    const shared = memoryShelf();
    await begun(shared);
    hub.faults.mute = (event) => event === 'renew' && sent('renew').length > 1;
    const session = await returned(shared);
    await until(() => expect(sent('renew')).toHaveLength(2));
    const chat = chatIs(session);
    session.stop();
    expect(chatIs(await joined(open(shared)))).toBe(chat);
  });

  it('changes under another tab of the same chat without a new line', async () => {
    const shared = memoryShelf();
    const other = await joined(open(shared));
    const session = await returned(shared);
    await until(() => expect(sent('renew')).toHaveLength(2));
    const joins = sent('join').length;
    hub.renewal.on = false;
    other.follow();
    expect(other.conversation.joined).toBe(true);
    // The hub hears from each tab that it has the new one: it cuts lines whose token has died.
    await until(() => expect(sent('renew').slice(2)).toEqual([{ token: tokenIn(shared) }]));
    hub.cut();
    await until(() => expect(sent('join')).toHaveLength(joins + 2));
    expect(sent('join').slice(-2)).toEqual(
      Array.from({ length: 2 }, () => expect.objectContaining({ token: tokenIn(shared), last_seq: 1 })),
    );
    await until(() => expect([chatIs(other), chatIs(session)]).toEqual([chatIs(session), chatIs(other)]));
    expect(hub.conversations.size).toBe(1);
  });

  it('is put back when a tab with an older widget wrote the one before', async () => {
    const shared = memoryShelf();
    const before = await begun(shared);
    const session = await returned(shared);
    await until(() => expect(sent('renew')).toHaveLength(2));
    const after = tokenIn(shared);
    shared.setItem('handraise:demo:token', String(before));
    session.follow();
    expect(tokenIn(shared)).toBe(after);
    expect(session.conversation.joined).toBe(true);
  });
});

describe('a visitor who is logged in on the page', () => {
  it('is made known once for each conversation, also when that was said before the line stood', async () => {
    const session = open();
    session.identify('signed');
    await until(() => expect(sent('identify')).toEqual([{ token: 'signed' }]));
    hub.cut();
    await until(() => expect(sent('join')).toHaveLength(2));
    await joined(session);
    expect(await session.restart()).toBe(true);
    await until(() => expect(sent('identify')).toHaveLength(2));
  });

  it('leaves nothing behind when signing out, whether or not the hub can be asked', async () => {
    const [shared, tab] = [memoryShelf(), memoryShelf()];
    const session = await joined(open(shared, tab));
    session.identify('signed');
    session.send('My secret');
    await until(() => expect(storedBy('My secret')).toBe(1));
    const before = session.conversation.state?.conversation_id;
    hub.faults.refuse = (event) => (event === 'message' ? { code: 'unavailable', message: 'x', retry_after: 60 } : null);
    session.send('Unsent secret');
    await session.reset();
    expect(texts(session)).not.toContain('My secret');
    expect(session.conversation.pending).toEqual([]);
    expect(session.conversation.state?.conversation_id).not.toBe(before);

    hub.faults.refuse = (event) => (event === 'reset' ? { code: 'invalid', message: 'There is no such event.' } : null);
    const second = session.conversation.state?.conversation_id;
    await session.reset();
    expect(texts(session)).toEqual([]);
    await until(() => expect(session.conversation.joined).toBe(true));
    expect(session.conversation.state?.conversation_id).not.toBe(second);
    expect(sent('identify')).toHaveLength(1);
  });
});

describe('being forgotten', () => {
  const erased = (session: Session) => session.conversation.erased;

  it('begins an empty chat, says what was deleted, and drops what was written and not sent', async () => {
    const [shared, tab] = [memoryShelf(), memoryShelf()];
    const session = await joined(open(shared, tab));
    session.send('My name is Jane');
    await until(() => expect(texts(session)).toContain('My name is Jane'));
    hub.faults.refuse = (event) => (event === 'message' ? { code: 'invalid', message: 'x' } : null);
    session.send('Unsent');
    await until(() => expect(session.conversation.pending.map(({ status }) => status)).toEqual(['refused']));
    session.forget();
    expect(session.conversation).toMatchObject({ forgetting: true, pending: [] });
    await until(() => expect(erased(session)).toMatchObject({ messages: 1 }));
    expect(session.conversation).toMatchObject({ forgetting: false, pending: [] });
    expect(session.conversation.entries).toHaveLength(1);
    const memory = new Memory('demo', shared, tab);
    expect([memory.forgetting, memory.unsent]).toEqual([null, []]);
    expect(hub.conversations.size).toBe(1);
  });

  it('waits for the line, also over a reload, and nothing of the chat is sent before', async () => {
    const shared = memoryShelf();
    const session = await joined(open(shared));
    session.send('My name is Jane');
    await until(() => expect(texts(session)).toContain('My name is Jane'));
    hub.faults.mute = (event) => event === 'forget';
    hub.faults.refuse = (event) => (event === 'forget' ? { code: 'unavailable', message: 'x', retry_after: 600 } : null);
    session.forget();
    session.send('For the next chat');
    await until(() => expect(sent('forget')).toHaveLength(1));
    session.stop();
    hub.faults.mute = () => false;
    hub.faults.refuse = () => null;
    const again = await joined(open(shared));
    await until(() => expect(erased(again)).toMatchObject({ messages: 1 }));
    expect(sent('message')).toHaveLength(1);
  });

  it('is asked for again after a refusal that passes', async () => {
    const session = await joined(open());
    hub.faults.refuse = (event) => (event === 'forget' && sent('forget').length < 2 ? { code: 'unavailable', message: 'x' } : null);
    session.forget();
    session.send('For the next chat');
    await until(() => expect(erased(session)).not.toBeNull());
    await until(() => expect(texts(session)).toContain('For the next chat'));
  });

  it('is done although the answer got lost', async () => {
    const session = await joined(open());
    hub.faults.mute = (event) => event === 'forget';
    session.forget();
    await until(() => expect(hub.received.some(([event]) => event === 'forget')).toBe(true));
    hub.cut();
    await until(() => expect(erased(session)).not.toBeNull());
    expect(sent('forget')).toHaveLength(1);
  });

  it('reaches the other tabs of the same chat', async () => {
    const shared = memoryShelf();
    const other = await joined(open(shared));
    const session = await joined(open(shared));
    other.send('From the other tab');
    await until(() => expect(texts(session)).toContain('From the other tab'));
    session.forget();
    await until(() => expect(erased(other)).not.toBeNull());
    expect(texts(other)).not.toContain('From the other tab');
  });

  it('says so when an older hub cannot do it', async () => {
    const session = await joined(open());
    hub.faults.refuse = (event) => (event === 'forget' ? { code: 'invalid', message: 'x' } : null);
    session.forget();
    await until(() => expect(session.conversation).toMatchObject({ forgetting: false, notForgotten: true }));
  });
});

describe('taking back consent', () => {
  const form = { name: 'Jane', email: 'jane@acme.io', message: '', consent: 'I agree', marketing: 'Offers' };
  const busy = (...events: string[]) => {
    hub.faults.refuse = (event) => (events.includes(event) ? { code: 'unavailable', message: 'x', retry_after: 60 } : null);
  };

  it('says whether there was one', async () => {
    const session = await joined(open());
    expect(await session.withdraw('contact')).toBe('nothing');
    session.contact(form);
    await until(() => expect(session.conversation.entries.some(({ kind }) => kind === 'contact')).toBe(true));
    expect(await session.withdraw('contact')).toBe('done');
  });

  it('happens later when there is no line, also after a reload, and before anything else is sent', async () => {
    const shared = memoryShelf();
    const session = await joined(open(shared));
    busy('withdraw', 'contact');
    session.contact(form);
    expect(await session.withdraw('contact')).toBe('waiting');
    expect(session.conversation).toMatchObject({ withdrawing: true, pending: [] });
    session.stop();
    hub.faults.refuse = () => null;
    hub.received.length = 0;
    const next = open(shared);
    next.send('Still here');
    await until(() => expect(texts(next)).toContain('Still here'));
    const order = hub.received.map(([name]) => name);
    expect(order.indexOf('withdraw')).toBeLessThan(order.indexOf('message'));
    expect(order).not.toContain('contact');
    expect(next.conversation.withdrawing).toBe(false);
  });

  it('of offers alone leaves a form that waits, without them', async () => {
    const session = await joined(open());
    busy('withdraw', 'contact');
    session.contact(form);
    expect(await session.withdraw('marketing')).toBe('waiting');
    expect(session.conversation.pending.map(({ payload }) => payload)).toEqual([{ ...form, marketing: null }]);
    busy();
    hub.received.length = 0;
    hub.cut();
    await until(() => expect(session.conversation.entries.some(({ kind }) => kind === 'contact')).toBe(true));
    expect(sent('withdraw')).toEqual([{ purpose: 'marketing' }]);
    expect(sent('contact')).toMatchObject([{ consent: 'I agree', marketing: null }]);
  });

  it('adds up while it waits', async () => {
    const session = await joined(open());
    busy('withdraw');
    await session.withdraw('contact');
    await session.withdraw('marketing');
    busy();
    hub.received.length = 0;
    hub.cut();
    await until(() => expect(sent('withdraw')).toEqual([{ purpose: 'contact' }, { purpose: 'marketing' }]));
    await until(() => expect(session.conversation.withdrawing).toBe(false));
  });

  it('does not overtake a form that was filled in afterwards', async () => {
    const session = await joined(open());
    busy('withdraw');
    await session.withdraw('contact');
    session.contact(form);
    await until(() => expect(session.conversation.pending[0]?.status).toBe('retrying'));
    busy();
    hub.received.length = 0;
    hub.cut();
    await until(() => expect(session.conversation.entries.some(({ kind }) => kind === 'contact')).toBe(true));
    const order = hub.received.map(([name]) => name).filter((name) => name === 'withdraw' || name === 'contact');
    expect(order).toEqual(['withdraw', 'contact']);
  });
});

describe('a site that asks for consent to chat', () => {
  const words = { text: 'Keep this chat to answer me.', mark: '7' };

  function asking(shared: Shelf = memoryShelf(), tab: Shelf = memoryShelf()): Session {
    hub.chatConsent.words = words;
    const site = async () => parse(SiteAnswer, await (await fetch(`${origin}/widget/site.json`)).json())?.site ?? null;
    const here = { page, lang: 'en', asked: words.mark, site };
    const session = new Session(new VisitorClient(origin, 'demo'), new Memory('demo', shared, tab), here, undefined, AT_ONCE);
    sessions.push(session);
    session.start();
    return session;
  }

  const shows = (session: Session, gate: string | null) => until(() => expect(session.conversation.gate).toBe(gate));

  it('hears nothing before a yes, then the words that were shown, then the rest', async () => {
    const session = asking();
    await shows(session, 'asked');
    session.nudge();
    session.doubt();
    session.visit({ ...page, url: 'https://x.example/other' });
    expect(session.conversation.site?.chat_consent?.text).toBe(words.text);
    expect(hub.io.engine.clientsCount).toBe(0);
    session.send('Written before');
    session.chatConsent.yes();
    await until(() => expect(texts(session)).toContain('Written before'));
    expect(hub.received.map(([name]) => name).filter((name) => name !== 'seen' && name !== 'renew')).toEqual(['join', 'agree', 'message']);
    expect(sent('agree')).toEqual([{ text: words.text, page: { ...page, url: 'https://x.example/other' } }]);
  });

  it('is not asked again after a yes, and in this visit not after a no', async () => {
    const [shared, tab] = [memoryShelf(), memoryShelf()];
    const session = asking(shared, tab);
    await shows(session, 'asked');
    session.chatConsent.no();
    expect(session.conversation.gate).toBe('declined');
    await shows(asking(shared, tab), 'declined');
    const elsewhere = asking(shared);
    await shows(elsewhere, 'asked');
    elsewhere.chatConsent.yes();
    await joined(elsewhere);
    const next = await joined(asking(shared));
    expect(next.conversation.gate).toBeNull();
    expect(sent('agree')).toHaveLength(1);
  });

  it('asks again when the yes was taken back, here or elsewhere, and after everything was forgotten', async () => {
    const shared = memoryShelf();
    const session = asking(shared);
    await shows(session, 'asked');
    session.chatConsent.yes();
    await joined(session);
    await until(() => expect(sent('agree')).toHaveLength(1));
    await session.withdraw('contact', 'chat');
    expect(session.conversation.gate).toBe('asked');
    session.send('Not sent');
    await shows(asking(shared), 'asked');
    session.chatConsent.yes();
    await until(() => expect(texts(session)).toContain('Not sent'));
    const chat = hub.newest();
    if (chat) chat.agreed = false;
    session.send('Refused');
    await shows(session, 'asked');
    expect(storedBy('Refused')).toBe(0);
    session.chatConsent.yes();
    await until(() => expect(storedBy('Refused')).toBe(1));
    session.forget();
    await shows(session, 'asked');
  });

  const decisions = () =>
    hub.received
      .filter(([name]) => name === 'withdraw' || name === 'agree')
      .map(([name, payload]) => (payload as { purpose?: string }).purpose ?? name);

  async function agreedOffline(shared: Shelf): Promise<Session> {
    const session = asking(shared);
    await shows(session, 'asked');
    session.chatConsent.yes();
    await joined(session);
    await until(() => expect(sent('agree')).toHaveLength(1));
    session.doubt();
    hub.received.length = 0;
    hub.faults.refuse = (event) => (event === 'join' ? { code: 'unavailable', message: 'x', retry_after: 0.2 } : null);
    await until(() => expect(sent('join').length).toBeGreaterThan(0));
    expect(await session.withdraw('contact', 'chat')).toBe('waiting');
    expect(session.conversation.gate).toBe('asked');
    session.chatConsent.yes();
    hub.received.length = 0;
    return session;
  }

  it('keeps a yes that was said after it was taken back, both without a line', async () => {
    const session = await agreedOffline(memoryShelf());
    session.send('Once more');
    hub.faults.refuse = () => null;
    await until(() => expect(texts(session)).toContain('Once more'));
    expect(decisions()).toEqual(['contact', 'chat', 'agree']);
    expect(hub.newest()?.agreed).toBe(true);
    await shows(session, null);
  });

  it('keeps such a yes over a reload, too', async () => {
    const shared = memoryShelf();
    (await agreedOffline(shared)).stop();
    hub.faults.refuse = () => null;
    const next = asking(shared);
    next.send('Once more');
    await until(() => expect(texts(next)).toContain('Once more'));
    expect(decisions()).toEqual(['contact', 'chat', 'agree']);
  });

  it('opens nothing when it was taken back without a line and no yes followed', async () => {
    const shared = memoryShelf();
    const session = asking(shared);
    await shows(session, 'asked');
    session.chatConsent.yes();
    await joined(session);
    await until(() => expect(sent('agree')).toHaveLength(1));
    hub.faults.refuse = (event) => (event === 'withdraw' ? { code: 'unavailable', message: 'x', retry_after: 60 } : null);
    expect(await session.withdraw('chat')).toBe('waiting');
    session.stop();
    hub.faults.refuse = () => null;
    const next = asking(shared);
    await shows(next, 'asked');
    next.chatConsent.yes();
    await until(() => expect(decisions().slice(-2)).toEqual(['chat', 'agree']));
    await shows(next, null);
  });
});
