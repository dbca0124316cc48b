import { describe, expect, it } from 'vitest';
import { ConversationState, Joined, parse, parseAck, parseEntry, Stored } from './index.ts';

const message = { seq: 3, kind: 'message', author: 'bot', name: null, text: 'Hi', client_msg_id: null, choices: [], data: {}, at: 'now' };
const state = {
  conversation_id: 'c',
  holder: 'bot',
  epoch: 0,
  agent: null,
  waiting: false,
  last_seq: 3,
  closed: false,
  bot_online: true,
};

describe('parseEntry', () => {
  it('reads a message with its choices', () => {
    const entry = parseEntry({ ...message, choices: [{ id: 'a', title: 'Price', payload: '/secret' }] });
    expect(entry).toMatchObject({ kind: 'message', choices: [{ id: 'a', title: 'Price' }] });
    expect(JSON.stringify(entry)).not.toContain('secret');
  });

  it('keeps the place of a kind it does not know', () => {
    expect(parseEntry({ ...message, kind: 'hologram' })).toMatchObject({ kind: 'other', seq: 3, text: 'Hi' });
  });

  it('keeps the place of a broken entry', () => {
    expect(parseEntry({ seq: 9, kind: 'rating', data: { score: 99 } })).toMatchObject({ kind: 'other', seq: 9, text: '' });
  });

  it.each([null, 7, 'x', [], {}, { seq: 0 }, { seq: 1.5 }, { seq: '3' }])('refuses %j, which has no place in the log', (raw) => {
    expect(parseEntry(raw)).toBeNull();
  });
});

describe('parse', () => {
  it.each(Object.keys(state))('refuses a state whose %s is wrong', (field) => {
    expect(parse(ConversationState, { ...state, [field]: { odd: 1 } })).toBeNull();
    expect(parse(ConversationState, state)).toEqual(state);
  });
});

describe('parseAck', () => {
  it('reads a good answer', () => {
    expect(parseAck(Stored, { ok: true, seq: 4, at: 'now' })).toEqual({ ok: true, value: { seq: 4, at: 'now' } });
  });

  it('reads a refusal with its details', () => {
    const raw = { ok: false, error: { code: 'taken', message: 'Ann has it.', data: { agent: 'Ann' } } };
    expect(parseAck(Stored, raw)).toEqual(raw);
  });

  it.each([undefined, null, {}, { ok: true }, { ok: 'yes', seq: 1, at: 'now' }, { ok: false }])('calls %j a bad answer', (raw) => {
    expect(parseAck(Stored, raw)).toMatchObject({ ok: false, error: { code: 'bad_answer' } });
  });

  it('reads a join without a word about the site', () => {
    const ack = parseAck(Joined, { ok: true, token: 't', state, entries: [message, 'junk'], unsent_ok: true });
    expect(ack).toMatchObject({ ok: true, value: { token: 't', entries: [{ seq: 3 }], site: null } });
  });
});
