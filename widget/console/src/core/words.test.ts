import { describe, expect, it } from 'vitest';
import { holder, state } from '../test/samples.ts';
import { cannedQuery, fillCanned, findCanned, readCanned, saveCanned, STARTER } from './canned.ts';
import { readHold } from './hold.ts';
import { keepIn, readDraft, readSeen, saveDraft, saveSeen } from './keep.ts';
import { readRoute, writeRoute } from './route.ts';
import { handoffStory } from './story.ts';

describe('hold', () => {
  const ben = { id: 'b', name: 'Ben' };
  it.each([
    [state({ holder: 'bot' }), 'bot', 'take_over', true],
    [state({ holder: 'queue' }), 'queue', 'accept', true],
    [state({ holder: 'agent', agent: ben }), 'other', null, true],
    [state({ holder: 'agent', agent: { id: 'me', name: 'Me' } }), 'mine', null, false],
    [state({ holder: 'closed' }), 'closed', null, true],
  ])('of %j is %s', (conversation, kind, primary, blocked) => {
    const hold = readHold(conversation, 'me');
    expect([hold.kind, hold.primary, hold.blocked !== null]).toEqual([kind, primary, blocked]);
  });

  it('says who, and that the bot is away', () => {
    expect(readHold(state({ holder: 'agent', agent: ben }), 'me').text).toContain('Ben');
    expect(readHold(state({ bot_online: false }), 'me').text).toContain('away');
    expect(readHold(state({ holder: 'queue' }), 'me', false)).toMatchObject({
      kind: 'queue',
      primary: null,
      blocked: expect.stringContaining('role'),
    });
  });
});

describe('keep', () => {
  it('keeps drafts by conversation and forgets them on demand', () => {
    const keep = keepIn(() => sessionStorage);
    saveDraft(keep, 'a', 'half a');
    saveDraft(keep, 'b', 'half b');
    saveDraft(keep, 'b', '');
    expect([readDraft(keep, 'a'), readDraft(keep, 'b')]).toEqual(['half a', '']);
    keep.clear('draft.');
    expect(readDraft(keep, 'a')).toBe('');
  });

  it('works for the length of the page where storage is blocked', () => {
    const keep = keepIn(() => {
      throw new Error('blocked');
    });
    saveDraft(keep, 'a', 'text');
    expect(readDraft(keep, 'a')).toBe('text');
    keep.clear('draft.');
    expect(readDraft(keep, 'a')).toBe('');
  });

  it('bears foreign content', () => {
    const keep = keepIn(() => localStorage);
    keep.set('seen', '{"a": 3, "b": "x"');
    expect(readSeen(keep)).toEqual({});
    keep.set('seen', '{"a": 3, "b": "x"}');
    expect(readSeen(keep)).toEqual({ a: 3 });
    saveSeen(keep, { a: 4 });
    expect(readSeen(keep)).toEqual({ a: 4 });
  });
});

describe('canned replies', () => {
  it('are looked for after a slash only', () => {
    expect(['/', '/he', 'a /he', '/he llo', ''].map(cannedQuery)).toEqual(['', 'he', null, null, null]);
  });

  it('are found by name first, then by text', () => {
    expect(findCanned(STARTER, 'h')[0]?.name).toBe('hello');
    expect(findCanned(STARTER, 'invitation').map((item) => item.name)).toEqual(['meeting']);
  });

  it('fill in names, and leave no hole', () => {
    expect(fillCanned('Hi {first}, I am {me}.', { first: 'Jane Doe', me: 'Anna' })).toBe('Hi Jane, I am Anna.');
    expect(fillCanned('Hi {first}, I am {me}.', { first: null, me: 'Anna' })).toBe('Hi, I am Anna.');
  });

  it('are kept by agent, the empty ones dropped', () => {
    const keep = keepIn(() => localStorage);
    saveCanned(keep, 'me', [
      { name: 'x', text: 'y' },
      { name: '', text: 'z' },
    ]);
    expect(readCanned(keep, 'me')).toEqual([{ name: 'x', text: 'y' }]);
    expect(readCanned(keep, 'other')).toBe(STARTER);
  });
});

describe('addresses', () => {
  it.each([
    '/console/inbox',
    '/console/inbox/c1',
    '/console/inbox/c1/lead',
    '/console/leads',
    '/console/leads?tier=hot&stage=MQL&page=2',
    '/console/inbox/a%2Fb',
  ])('mean the same after a round trip: %s', (address) => {
    const [path = '', search = ''] = address.split('?');
    expect(writeRoute(readRoute(path, search))).toBe(address);
  });

  it.each(['/console', '/console/', '/console/nothing', '/console/leads?page=-3', '/console/inbox/%E0%A4%A'])(
    'are forgiving: %s',
    (address) => {
      const [path = '', search = ''] = address.split('?');
      expect(() => readRoute(path, search)).not.toThrow();
    },
  );
});

it('tells the hand-offs as a story', () => {
  const anna = { id: 'a', name: 'Anna' };
  const entries = [
    holder(1, 1, 'queue', null, 'hot'),
    holder(2, 2, 'bot', null, 'missed'),
    holder(3, 3, 'agent', anna),
    holder(4, 4, 'bot', anna, 'handed_back'),
    holder(5, 5, 'closed', anna),
  ];
  expect(handoffStory(entries).map((step) => step.text)).toEqual([
    'Called a person: the lead is hot',
    'Nobody answered in time',
    'Anna took over',
    'Anna handed back to the assistant',
    'Anna closed it',
  ]);
});
