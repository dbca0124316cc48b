/** A small hub for trying the window without the server: speaks docs/protocol.md, keeps everything in memory. Never deployed. */
import { readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { Server } from 'socket.io';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', json: 'application/json' };
const SITE = {
  name: 'Tidelane',
  assistant: 'Assistant',
  colour: '#0e6377',
  position: 'right',
  teaser: 'Questions about Tidelane? Ask here.',
  placeholder: 'Write a message',
  privacy_url: 'https://www.example.com/privacy',
  consent_text: 'I agree that Tidelane stores my details to answer me.',
  locale: 'en',
};
const AGENT = { id: 'a1', name: 'Mara Lind' };
const now = () => new Date().toISOString();

/** @param {{pageCsp?: boolean}} options */
export function makeHub(options = {}) {
  const conversations = new Map();
  const http = createServer((request, response) => serve(request, response, options, chatConsent));
  const io = new Server(http, { transports: ['websocket'], serveClient: false });
  const visitors = io.of('/visitor');
  /** What tests switch on: `refuse(event, payload)` gives an error, `mute(event)` loses the answer, `hold(entry)` loses a push. */
  const faults = { refuse: () => null, mute: () => false, hold: () => false };
  const received = [];
  /** Tokens of deleted conversations. */
  const gone = new Map();
  /** Tokens that were given out for another one and are not in use yet; null: none is given out, as by a hub that finds it too early. */
  /** What has to be agreed to before the chat, `{text, mark}`; null: nothing. */
  const chatConsent = { words: null };
  const renewal = { on: false, waiting: new Map() };

  /** What a join with a token finds; the one before it stays good until `renew` has named it. */
  const chatOf = (token) => conversations.get(token) ?? conversations.get(renewal.waiting.get(token));

  function renew(chat, token) {
    if (renewal.waiting.has(token)) {
      conversations.delete(chat.token);
      chat.token = token;
      conversations.set(token, chat);
      renewal.waiting.clear();
      return null;
    }
    if (!renewal.on || token !== chat.token) return null;
    const next = randomUUID();
    renewal.waiting.set(next, token);
    return next;
  }

  const stateOf = (chat) => ({
    conversation_id: chat.id,
    holder: chat.holder,
    epoch: chat.epoch,
    agent: chat.holder === 'agent' ? AGENT : null,
    waiting: chat.waiting,
    last_seq: chat.entries.length,
    closed: chat.holder === 'closed',
    bot_online: chat.botOnline,
  });

  function begin() {
    const chat = {
      id: randomUUID(),
      token: randomUUID(),
      entries: [],
      holder: 'bot',
      epoch: 0,
      waiting: false,
      botOnline: true,
      acks: new Map(),
    };
    conversations.set(chat.token, chat);
    add(chat, 'message', 'bot', "Hi, I'm the assistant, a bot. I answer questions and can call a person. What brings you here?", {}, [
      'Pricing',
      'See a demo',
      'Talk to a person',
    ]);
    return chat;
  }

  function add(chat, kind, author, text, data = {}, titles = [], more = {}) {
    const entry = {
      seq: chat.entries.length + 1,
      kind,
      author,
      name: author === 'agent' ? AGENT.name : null,
      text,
      client_msg_id: null,
      choices: titles.map((title) => ({ id: randomUUID(), title })),
      data,
      at: now(),
      ...more,
    };
    chat.entries.push(entry);
    if (!faults.hold(entry)) visitors.to(chat.id).emit('entry', { entry });
    return entry;
  }

  function hold(chat, holder, reason, text) {
    chat.holder = holder;
    chat.epoch += 1;
    chat.waiting = holder === 'queue';
    add(chat, 'holder', 'system', text, { holder, epoch: chat.epoch, reason, agent: holder === 'agent' ? AGENT : null });
    visitors.to(chat.id).emit('state', stateOf(chat));
  }

  function typing(chat, on, who = 'bot') {
    visitors.to(chat.id).emit('typing', { who, name: who === 'agent' ? AGENT.name : null, on });
  }

  /** A script by keyword, so that each state of the window can be reached by typing. */
  function answer(chat, text) {
    if (chat.holder === 'agent') return;
    typing(chat, true);
    setTimeout(() => {
      const say = (line, titles) => add(chat, 'message', 'bot', line, {}, titles);
      if (/\bhuman|to a person/iu.test(text)) hold(chat, 'queue', 'human', "I'm calling a colleague. One moment, please.");
      else if (/away/iu.test(text)) {
        chat.botOnline = false;
        visitors.to(chat.id).emit('state', stateOf(chat));
        add(chat, 'notice', 'system', "The assistant can't answer right now. Your message is saved.", { code: 'bot_away' });
        add(chat, 'contact_form', 'system', 'Leave your name and e-mail, and a person will write to you.', { reason: 'bot_away' });
      } else if (/pric|cost/iu.test(text)) {
        say('Starter is 49 EUR a month, Team 190 EUR, Scale starts at 900 EUR. All of them are on https://www.example.com/pricing.');
        say('How large is your company?', ['1-10 people', '11-50 people', '51-200 people', 'More than 200', "I'd rather not say"]);
      } else
        say('Thanks, noted. What budget do you have in mind for a year?', [
          'Under 5k EUR',
          '5k to 20k EUR',
          '20k to 50k EUR',
          'More',
          "Don't know yet",
        ]);
      typing(chat, false);
    }, 600);
  }

  visitors.on('connection', (socket) => {
    let chat = null;
    const joined = () => {
      socket.join(chat.id);
      const agreed = chatConsent.words === null || chat.agreed === true;
      return { token: chat.token, state: stateOf(chat), agreed, unsent_ok: true, site: { ...SITE, chat_consent: chatConsent.words } };
    };
    const once = (payload, act) => {
      const known = chat.acks.get(payload.client_msg_id);
      if (known) return known;
      const entry = act({ client_msg_id: payload.client_msg_id });
      const ack = { seq: entry.seq, at: entry.at };
      chat.acks.set(payload.client_msg_id, ack);
      return ack;
    };
    const handlers = {
      join: ({ token, last_seq }) => {
        const known = chatOf(token);
        chat = known ?? begin();
        return {
          ...joined(),
          ...(known ? { token } : { erased: gone.get(token) ?? null }),
          entries: chat.entries.slice(last_seq, last_seq + 200),
        };
      },
      renew: ({ token }) => ({ token: renew(chat, token) }),
      message: (payload) =>
        once(payload, (more) => {
          const entry = add(chat, 'message', 'visitor', payload.text, {}, [], more);
          answer(chat, payload.text);
          return entry;
        }),
      choose: (payload) =>
        once(payload, (more) => {
          const of = chat.entries.find((entry) => entry.choices.some(({ id }) => id === payload.choice_id));
          const { title } = of.choices.find(({ id }) => id === payload.choice_id);
          of.choices = [];
          const entry = add(chat, 'choice', 'visitor', title, { choice_id: payload.choice_id, of_seq: of.seq }, [], more);
          answer(chat, title);
          return entry;
        }),
      contact: (payload) =>
        once(payload, (more) => {
          const text = `${payload.name}, ${payload.email}: ${payload.message}`;
          const entry = add(chat, 'contact', 'visitor', text, { fields: ['name', 'email', 'message'] }, [], more);
          add(chat, 'notice', 'system', 'Thank you. Somebody will write to you.', { code: 'contact_received' });
          return entry;
        }),
      rate: (payload) => once(payload, (more) => add(chat, 'rating', 'visitor', '', { score: payload.score }, [], more)),
      sync: ({ last_seq }) => ({ state: stateOf(chat), entries: chat.entries.slice(last_seq, last_seq + 200) }),
      forget: () => {
        const erased = { messages: chat.entries.filter(({ author }) => author === 'visitor').length, answers: 1, reference: 'a1b2c3d4e5' };
        socket.leave(chat.id);
        gone.set(chat.token, erased);
        conversations.delete(chat.token);
        visitors.to(chat.id).emit('erased', erased);
        chat = begin();
        return { ...joined(), entries: chat.entries, erased };
      },
      agree: () => {
        chat.agreed = true;
        return {};
      },
      withdraw: ({ purpose }) => {
        if (purpose === 'chat') chat.agreed = false;
        return { withdrawn: chat.entries.some(({ kind }) => kind === 'contact') };
      },
      restart: () => {
        socket.leave(chat.id);
        chat = begin();
        return { ...joined(), entries: chat.entries };
      },
      identify: () => ({ joined: null }),
      reset: ({ token }) => {
        conversations.delete(token);
        socket.leave(chat.id);
        chat = begin();
        return { ...joined(), entries: chat.entries };
      },
      typing: () => ({}),
      page: () => ({}),
      seen: () => ({}),
    };
    for (const [event, handle] of Object.entries(handlers)) {
      socket.on(event, (payload, reply) => {
        received.push([event, payload]);
        const locked = chatConsent.words !== null && !chat?.agreed && ['message', 'choose', 'contact', 'page'].includes(event);
        const error = locked ? { code: 'consent_needed', message: 'x' } : faults.refuse(event, payload);
        const body = error ? { ok: false, error } : { ok: true, ...handle(payload) };
        if (!faults.mute(event)) reply(body);
      });
    }
  });

  /** Break every line as a lost network does, without a word of good-bye. */
  const cut = () => Object.values(io.engine.clients).forEach((client) => client.close(true));
  const newest = () => [...conversations.values()].at(-1);
  return { http, io, conversations, faults, received, chatConsent, renewal, begin, add, hold, typing, newest, cut, AGENT };
}

function serve(request, response, { pageCsp }, { words }) {
  const { pathname } = new URL(request.url, 'http://hub');
  const send = (body, kind, headers = {}) =>
    response.writeHead(200, { 'content-type': TYPES[kind], 'cache-control': 'no-store', ...headers }).end(body);
  const strict = {
    'content-security-policy': "default-src 'self'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'",
  };
  const pages = { '/': 'index', '/pricing': 'pricing', '/customers': 'customers' };
  if (pathname === '/widget.js') return send(readFileSync(here('../dist/loader.js')), 'js');
  if (pathname === '/widget/site.json') return send(JSON.stringify({ site: { ...SITE, chat_consent: words } }), 'json');
  if (pathname === '/widget/frame') {
    const csp =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";
    const page = readFileSync(here('../dist/frame.html'), 'utf8').replace('__HANDRAISE_CHAT_CONSENT__', words?.mark ?? '');
    return send(page, 'html', { 'content-security-policy': csp });
  }
  if (pages[pathname]) return send(readFileSync(here(`../../demo/${pages[pathname]}.html`)), 'html', pageCsp ? strict : {});
  const file = pathname.startsWith('/widget/')
    ? here(`../dist/${pathname.slice(8)}`)
    : here(`../../demo/${pathname.replace('/demo/', '/').slice(1)}`);
  if (!pathname.includes('..') && existsSync(file)) return send(readFileSync(file), pathname.split('.').at(-1));
  response.writeHead(404).end();
  return undefined;
}

/** By hand: `npm run dev -w visitor` serves the demo pages; lines on standard input act as the agent. */
function byHand() {
  const hub = makeHub({ pageCsp: process.env.PAGE_CSP === '1' });
  hub.http.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`http://127.0.0.1:${hub.http.address().port}/`));
  process.stdin.setEncoding('utf8').on('data', (input) => {
    const chat = hub.newest();
    for (const line of input.split('\n').filter(Boolean)) {
      if (!chat) continue;
      if (line === 'accept') hub.hold(chat, 'agent', 'accepted', `${hub.AGENT.name} is here now.`);
      else if (line === 'close') hub.hold(chat, 'closed', 'closed', `${hub.AGENT.name} has ended the chat. Write again whenever you like.`);
      else if (line === 'back') hub.hold(chat, 'bot', 'handed_back', `${hub.AGENT.name} has left. The assistant is back.`);
      else if (line === 'typing') hub.typing(chat, true, 'agent');
      else if (line === 'bot typing') hub.typing(chat, true);
      else if (line === 'cut') hub.cut();
      else if (line.startsWith('refuse ')) refuseAll(hub, ...line.slice(7).split(' '));
      else if (line === 'mute') hub.faults.mute = hub.faults.hold = () => true;
      else if (line === 'fine') hub.faults.refuse = hub.faults.mute = hub.faults.hold = () => false;
      else if (line.startsWith('bot ')) hub.add(chat, 'message', 'bot', line.slice(4));
      else hub.add(chat, 'message', 'agent', line);
    }
  });
}

/** `refuse invalid`, `refuse unavailable 5`: every message gets this code, perhaps with a time to try again. */
function refuseAll(hub, code, seconds) {
  const error = { code, message: 'x', ...(seconds ? { retry_after: Number(seconds) } : {}) };
  hub.faults.refuse = (event) => (event === 'message' ? error : null);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) byHand();
