import { type Entry, parseEntry } from '@handraise/protocol';
import { describe, expect, it } from 'vitest';
import { type Conversation, emptyConversation, type Pending } from './conversation.ts';
import { presence } from './presence.ts';
import { TEXTS } from './i18n.ts';
import { canRate, offeredChoices, openForm, toRows } from './rows.ts';
import { toTranscript } from './transcript.ts';

const AT = '2026-11-21T12:00:10.000Z';
const CHOICES = [
  { id: 'a', title: 'A' },
  { id: 'b', title: 'B' },
];

function log(...rows: Record<string, unknown>[]): Conversation {
  const entries = rows.map((row, place) =>
    parseEntry({ seq: place + 1, kind: 'message', author: 'bot', name: null, text: `t${String(place + 1)}`, at: AT, ...row }),
  );
  const base = emptyConversation();
  const state = {
    conversation_id: 'c',
    holder: 'bot',
    epoch: 0,
    agent: null,
    waiting: false,
    last_seq: rows.length,
    closed: false,
    bot_online: true,
  } as const;
  return { ...base, joined: true, link: 'up', state, entries: entries as Entry[] };
}

function closed(conversation: Conversation): Conversation {
  return { ...conversation, state: conversation.state && { ...conversation.state, holder: 'closed', closed: true } };
}

const unsent: Pending = {
  id: 'p',
  event: 'message',
  text: 'later',
  payload: {},
  conversation: 'c',
  at: '2026-11-21T12:00:50.000Z',
  status: 'sending',
};
const visitor = { author: 'visitor' };
const form = { kind: 'contact_form', author: 'system', data: { reason: 'bot_away' } };
const end = { kind: 'holder', author: 'system', data: { holder: 'closed', epoch: 1, reason: 'closed', agent: null } };

describe('toRows', () => {
  it('groups lines of one speaker and minute, unsent ones with them', () => {
    const rows = toRows({ ...log({}, {}, visitor, { author: 'agent', name: 'Mara' }, visitor), pending: [unsent] });
    expect(rows.map((row) => (row.type === 'group' ? [row.author, row.lines.length] : row.type))).toEqual([
      ['bot', 2],
      ['visitor', 1],
      ['agent', 1],
      ['visitor', 2],
    ]);
  });

  it('keeps the key of a line when it becomes an entry', () => {
    const key = (conversation: Conversation) =>
      toRows(conversation).flatMap((row) => (row.type === 'group' ? row.lines.map((l) => l.key) : []));
    const stored = log({ ...visitor, client_msg_id: 'p' });
    expect(key({ ...log(), pending: [unsent] })).toEqual(key(stored));
  });

  it('draws nothing for a silent change of hands, and a day line between days', () => {
    const rows = toRows(log({}, { ...end, text: '' }, { at: '2026-11-23T12:00:00Z' }));
    expect(rows.map((row) => row.type)).toEqual(['group', 'day', 'group']);
  });
});

describe('offeredChoices', () => {
  it('are those of the last bot lines', () => {
    expect(offeredChoices(log({ choices: CHOICES }, {}))).toEqual(CHOICES);
  });

  it('are gone once the visitor has answered in any way, even unsent', () => {
    expect(offeredChoices(log({ choices: CHOICES }, visitor))).toEqual([]);
    expect(offeredChoices({ ...log({ choices: CHOICES }), pending: [unsent] })).toEqual([]);
  });

  it('are not offered while a person answers', () => {
    const conversation = log({ choices: CHOICES });
    expect(offeredChoices({ ...conversation, state: conversation.state && { ...conversation.state, holder: 'agent' } })).toEqual([]);
  });
});

describe('openForm', () => {
  it('is the newest form until it is answered', () => {
    expect(openForm(log(form, {}, form))).toBe(3);
    expect(openForm(log(form, { kind: 'contact', ...visitor, data: { fields: [] } }))).toBeNull();
    expect(openForm({ ...log(form), pending: [{ ...unsent, event: 'contact' }] })).toBeNull();
  });

  it('is offered beside a person only while that person is silent', () => {
    const held = (conversation: Conversation): Conversation => ({
      ...conversation,
      state: conversation.state && { ...conversation.state, holder: 'agent', agent: { id: 'a', name: 'Mara' } },
    });
    const silent = { ...form, data: { reason: 'agent_silent' } };
    expect(openForm(held(log(form)))).toBeNull();
    expect(openForm(held(log(silent, visitor)))).toBe(1);
    expect(openForm(held(log(silent, { author: 'agent', name: 'Mara' })))).toBeNull();
  });
});

describe('presence', () => {
  const says = (...rows: Record<string, unknown>[]) => presence(log(...rows), TEXTS['en'] as never, 'Assistant').status;
  const notice = (code: string) => ({ kind: 'notice', author: 'system', data: { code } });

  it('says that the bot is away until it has spoken or is said to be back', () => {
    expect(says({}, visitor, notice('bot_away'))).toBe('Away at the moment');
    expect(says({}, visitor, notice('bot_away'), visitor)).toBe('Away at the moment');
    expect(says({}, notice('bot_away'), notice('bot_back'))).toBe('Assistant · Replies at once');
    expect(says({}, notice('bot_away'), {})).toBe('Assistant · Replies at once');
  });
});

describe('canRate', () => {
  const talk = log({}, visitor, end);

  it('is possible once after a close in which the visitor spoke', () => {
    expect(canRate(closed(talk))).toBe(true);
    expect(canRate(talk)).toBe(false);
    expect(canRate(closed(log({}, end)))).toBe(false);
    expect(canRate(closed(log({}, visitor, end, { kind: 'rating', ...visitor, data: { score: 4 } })))).toBe(false);
  });
});

it('the transcript holds who said what', () => {
  const text = toTranscript(
    log({}, visitor, { author: 'agent', name: 'Mara' }, end),
    { you: 'You', assistant: 'Assistant', agent: 'Team' },
    () => '12:00',
  );
  expect(text).toBe('[12:00] Assistant:\nt1\n\n[12:00] You:\nt2\n\n[12:00] Mara:\nt3\n\n-- t4\n');
});
