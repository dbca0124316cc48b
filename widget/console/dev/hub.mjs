// A stand-in for the hub, for working on the console alone: `npm run build && npm run hub`. Not part of the product.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { Server } from 'socket.io';
import { at, lead, rule, seed } from './data.mjs';

const port = Number(process.env.PORT ?? 8090);
const dist = new URL('../dist/', import.meta.url).pathname;
const AGENTS = [
  { id: 'a-anna', name: 'Anna Berg', email: 'anna@example.com', role: 'agent', available: true },
  { id: 'a-ben', name: 'Ben Okafor', email: 'ben@example.com', role: 'agent', available: false },
];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.map': 'application/json' };
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
const sessions = new Map();
const conversations = new Map();
let attempts = 0;
let broken = false;

function create({ id, minutes, online, lines, lead: card }) {
  const c = {
    id,
    online,
    started_at: at(minutes * 60),
    holder: 'bot',
    epoch: 0,
    agent: null,
    entries: [],
    handoff: null,
    lead: lead(id, card),
  };
  lines.forEach((line, i) =>
    c.entries.push({ client_msg_id: null, choices: [], data: {}, ...line, seq: i + 1, at: at(minutes * 60 - i * 20) }),
  );
  conversations.set(id, c);
  return c;
}
if (!process.env.EMPTY) seed().forEach(create);

const state = (c) => ({
  conversation_id: c.id,
  holder: c.holder,
  epoch: c.epoch,
  agent: c.agent,
  waiting: c.holder === 'queue',
  last_seq: c.entries.length,
  closed: c.holder === 'closed',
  bot_online: true,
});
function summary(c) {
  const last = c.entries.filter((e) => e.text && e.author !== 'system').at(-1);
  const top = [...c.lead.receipt.entries].sort((a, b) => b.points - a.points)[0];
  return {
    conversation_id: c.id,
    name: c.lead.name,
    company: c.lead.company,
    last_text: last?.text ?? '',
    last_author: last?.author ?? 'bot',
    last_at: last?.at ?? c.started_at,
    started_at: c.started_at,
    holder: c.holder,
    agent: c.agent,
    epoch: c.epoch,
    last_seq: c.entries.length,
    visitor_online: c.online,
    handoff: c.handoff,
    lead: { tier: c.lead.tier, score: c.lead.score, stage: c.lead.stage, top_reason: top?.sentence ?? null },
  };
}
const presence = () => AGENTS.map(({ id, name, available }) => ({ id, name, available }));
const me = ({ id, name, email, role, available }) => ({ id, name, email, role, available, permissions: ['chat', 'leads:read'] });

const cookie = (req) => /session=([^;]+)/.exec(req.headers.cookie ?? '')?.[1];
const json = (res, status, body, headers = {}) =>
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const failure = (res, status, code, message, more = {}) => json(res, status, { error: { code, message, ...more } });

async function body(req) {
  let text = '';
  for await (const part of req) text += part;
  return text ? JSON.parse(text) : {};
}

function leadsPage(res, query) {
  const wanted = (card) =>
    (!query.get('tier') || card.tier === query.get('tier')) &&
    (!query.get('stage') || card.stage === query.get('stage')) &&
    (!query.get('q') || JSON.stringify(card).toLowerCase().includes(query.get('q').toLowerCase()));
  const all = [...conversations.values()].map((c) => ({ ...c.lead, receipt: undefined, updated_at: c.entries.at(-1)?.at })).filter(wanted);
  const number = Number(query.get('page') ?? 1);
  json(res, 200, {
    leads: all.slice((number - 1) * 50, number * 50),
    total: all.length,
    page: number,
    pages: Math.max(1, Math.ceil(all.length / 50)),
  });
}

async function api(req, res, url) {
  const agent = sessions.get(cookie(req));
  if (url.pathname === '/console/api/login') {
    const { email, password } = await body(req);
    const found = AGENTS.find((a) => a.email === email && password === 'correct horse');
    if (attempts >= 3) return failure(res, 429, 'locked', 'Too many attempts. Try again later.', { retry_after: 300 });
    if (!found) return ((attempts += 1), failure(res, 401, 'bad_credentials', 'E-mail or password is wrong.'));
    const token = Math.random().toString(36).slice(2);
    sessions.set(token, found);
    return json(res, 200, { me: me(found), csrf: 'x' }, { 'set-cookie': `session=${token}; HttpOnly; Path=/; SameSite=Strict` });
  }
  if (!agent) return failure(res, 401, 'signed_out', 'Please sign in.');
  if (url.pathname === '/console/api/me') return json(res, 200, { me: me(agent), csrf: 'x' });
  if (url.pathname === '/console/api/logout') return (sessions.delete(cookie(req)), json(res, 200, { ok: true }));
  if (url.pathname === '/console/api/leads')
    return broken ? failure(res, 500, 'internal', 'Something failed here. Report id 4f2.') : leadsPage(res, url.searchParams);
  return failure(res, 404, 'not_found', 'No such page.');
}

async function files(res, path) {
  const inside = normalize(path.replace(/^\/console\/?/, '')) || 'index.html';
  const file = join(dist, extname(inside) ? inside : 'index.html');
  try {
    res
      .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP })
      .end(await readFile(file));
  } catch {
    res.writeHead(404).end();
  }
}

const server = createServer(async (req, res) => {
  const url = new URL(req.url, 'http://localhost');
  if (url.pathname.startsWith('/console/api/')) return api(req, res, url);
  if (url.pathname.startsWith('/console')) return files(res, url.pathname);
  if (url.pathname === '/dev' && req.method === 'POST') return json(res, 200, dev(await body(req)) ?? { ok: true });
  res.writeHead(404).end();
});
const io = new Server(server, { transports: ['websocket'], serveClient: false });
const desk = io.of('/agent');
desk.use((socket, next) => {
  socket.data.agent = sessions.get(cookie(socket.handshake));
  next(socket.data.agent ? undefined : new Error('signed_out'));
});

function append(c, entry) {
  const full = { name: null, text: '', client_msg_id: null, choices: [], data: {}, ...entry, seq: c.entries.length + 1, at: at() };
  c.entries.push(full);
  desk.to(c.id).emit('entry', { conversation_id: c.id, entry: full });
  desk.emit('summary', summary(c));
  return full;
}
function hold(c, holder, agent, reason, text) {
  Object.assign(c, { holder, agent, epoch: c.epoch + 1 });
  append(c, { kind: 'holder', author: 'system', text, data: { holder, epoch: c.epoch, reason, agent } });
  desk.to(c.id).emit('state', state(c));
}
function endRing(c, reason, by = null) {
  if (!c.handoff) return;
  c.handoff = null;
  desk.emit('ring_stop', { conversation_id: c.id, reason, by });
}
function take(c, agent) {
  if (c.holder === 'agent')
    return { ok: false, error: { code: 'taken', message: `${c.agent.name} has this conversation.`, data: { agent: c.agent } } };
  endRing(c, 'accepted', { id: agent.id, name: agent.name });
  hold(c, 'agent', { id: agent.id, name: agent.name }, 'accepted', `${agent.name} joined`);
  return { ok: true, state: state(c) };
}
function reply(c, agent, p) {
  const again = c.entries.find((e) => e.client_msg_id === p.client_msg_id);
  if (again) return { ok: true, seq: again.seq, at: again.at };
  if (c.agent?.id !== agent.id || c.epoch !== p.epoch)
    return { ok: false, error: { code: 'not_holder', message: 'You do not hold this conversation.', data: { agent: c.agent } } };
  const newer = c.entries.filter((e) => e.seq > p.seen_seq && e.author === 'visitor');
  if (newer.length)
    return { ok: false, error: { code: 'newer_lines', message: 'New lines came in.', data: { entries: c.entries.slice(p.seen_seq) } } };
  const entry = append(c, { kind: 'message', author: 'agent', name: agent.name, text: p.text, client_msg_id: p.client_msg_id });
  return { ok: true, seq: entry.seq, at: entry.at };
}

desk.on('connection', (socket) => {
  const agent = socket.data.agent;
  const on = (event, act) =>
    socket.on(event, (payload, ack) => {
      const c = conversations.get(payload?.conversation_id);
      if (event !== 'join' && event !== 'available' && !c)
        return ack({ ok: false, error: { code: 'not_found', message: 'No such conversation.' } });
      ack(act(c, payload));
    });
  on('join', () => {
    setTimeout(() => [...conversations.values()].filter((c) => c.handoff).forEach((c) => socket.emit('ring', { summary: summary(c) })), 10);
    return { ok: true, me: me(agent), inbox: [...conversations.values()].map(summary), agents: presence() };
  });
  on('open', (c, p) => {
    socket.join(c.id);
    return { ok: true, summary: summary(c), state: state(c), entries: c.entries.slice(p.last_seq), lead: c.lead };
  });
  on('leave', (c) => (socket.leave(c.id), { ok: true }));
  on('accept', (c) => take(c, agent));
  on('reply', (c, p) => reply(c, agent, p));
  on(
    'hand_back',
    (c) => (hold(c, 'bot', null, 'handed_back', `${agent.name} handed back to the assistant`), { ok: true, state: state(c) }),
  );
  on(
    'close',
    (c) => (
      endRing(c, 'closed'),
      hold(c, 'closed', null, 'closed', `${agent.name} closed the conversation`),
      { ok: true, state: state(c) }
    ),
  );
  on('typing', () => ({ ok: true }));
  on('available', (_, p) => ((agent.available = p.on), desk.emit('agents', { agents: presence() }), { ok: true }));
  on('correct', (c, p) => correct(c, p));
});

function correct(c, { slot, text }) {
  if (text === '?')
    return { ok: false, error: { code: 'unreadable', message: 'This could not be read as an answer. Write it as “40k EUR a year”.' } };
  c.lead.answers = c.lead.answers.map((row) =>
    row.slot === slot ? { ...row, status: 'known', said: text, text, read_by: 'agent', confidence: 1 } : row,
  );
  c.lead.receipt = {
    ...c.lead.receipt,
    entries: [...c.lead.receipt.entries, rule(`corrected_${slot}`, 'fit', 5, `${slot} corrected by an agent`, text)],
  };
  c.lead.score = c.lead.receipt.score = c.lead.receipt.score + 5;
  desk.to(c.id).emit('lead', { conversation_id: c.id, lead: c.lead });
  return { ok: true, lead: c.lead };
}

// What a visitor, a colleague or a failing network would do, for scripts: POST /dev {"do": "ring", "id": "c-jane"}.
function dev({ do: what, id, text, on, agent }) {
  const c = conversations.get(id);
  const colleague = AGENTS.find((a) => a.id === (agent ?? 'a-ben'));
  if (what === 'say') append(c, { kind: 'message', author: 'visitor', text });
  if (what === 'bot') append(c, { kind: 'message', author: 'bot', name: 'Assistant', text });
  if (what === 'typing') desk.to(id).emit('typing', { conversation_id: id, who: 'visitor', name: null, on });
  if (what === 'ring') {
    c.handoff = { id: `h-${Date.now()}`, reason: text ?? 'hot', state: 'ringing', requested_at: at(), missed_at: null };
    c.lead.handoff = c.handoff;
    hold(c, 'queue', null, c.handoff.reason, 'A person has been called');
    desk.emit('ring', { summary: summary(c) });
  }
  if (what === 'miss') {
    c.handoff = { ...c.handoff, state: 'missed', missed_at: at() };
    append(c, {
      kind: 'notice',
      author: 'system',
      text: 'Nobody was free. The visitor was offered to leave details.',
      data: { code: 'queue_missed' },
    });
  }
  if (what === 'take') take(c, colleague);
  if (what === 'drop') desk.disconnectSockets(true);
  if (what === 'expire') (sessions.clear(), desk.emit('signed_out', {}), desk.disconnectSockets(true));
  if (what === 'break') broken = on;
  if (what === 'unlock') attempts = 0;
  if (what === 'new')
    create({
      id,
      minutes: 0,
      online: true,
      lines: [
        { kind: 'message', author: 'bot', text: 'Hi' },
        { kind: 'message', author: 'visitor', text },
      ],
      lead: { tier: 'cold' },
    });
}

server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/console/  anna@example.com / correct horse`));
