import type { AuditRow } from '@handraise/protocol';
import { describe, expect, it } from 'vitest';
import { contract } from '../test/samples.ts';
import { auditFile, auditQuery, backwards, details, doer, done, EVERYTHING, idIn, KINDS, subject } from './audit.ts';

const row = (more: Partial<AuditRow>): AuditRow => ({
  id: 1,
  at: '2026-11-26T10:00:00.000Z',
  who: { kind: 'agent', id: 'a1' },
  what: 'lead_viewed',
  about: null,
  data: {},
  hash: '0',
  ...more,
});

describe('words for the audit log', () => {
  it('has words for every verb that the hub notes, by the same kinds', () => {
    const here = Object.fromEntries(Object.entries(KINDS).map(([kind, { verbs }]) => [kind, Object.keys(verbs).sort()]));
    expect(here).toEqual(contract('audit'));
  });

  it('shows a verb that it does not know as it stands', () => {
    expect(done('lead_viewed')).toBe('Looked at a lead');
    expect(done('moon_landed')).toBe('moon landed');
  });

  it('calls people and tokens by name, and others by what they are', () => {
    expect(doer({ kind: 'agent', id: 'a1' }, { a1: 'Mara' })).toBe('Mara');
    expect(doer({ kind: 'agent', id: '0123456789abcdef' }, {})).toBe('Account 01234567…');
    expect(doer({ kind: 'token', id: 't1' }, { t1: 'CRM' })).toBe('Token CRM');
    expect(doer({ kind: 'visitor', id: 'c1' }, {})).toMatch(/^Visitor · /u);
    expect(doer({ kind: 'command', id: 'person.erase' }, {})).toBe('handraise person erase');
    expect(doer({ kind: 'job', id: 'retention' }, {})).toBe('Handraise itself');
  });

  it('does not say twice who it was', () => {
    expect(subject(row({ about: { kind: 'agent', id: 'a1' } }), { a1: 'Mara' })).toBeNull();
    expect(subject(row({ about: { kind: 'agent', id: 'a2' } }), { a2: 'Ben' })).toBe('Ben');
    expect(subject(row({ who: { kind: 'visitor', id: 'c1' }, about: { kind: 'conversation', id: 'c1' } }), {})).toBeNull();
    expect(subject(row({ about: { kind: 'conversation', id: 'c1' } }), {})).toBe(doer({ kind: 'visitor', id: 'c1' }, {}));
  });

  it('writes what stands beside it', () => {
    expect(details({ slot: 'company_size', count: 2, on: true, fields: ['a', 'b'], hash: 'f' })).toBe(
      'slot: company_size · count: 2 · on: yes · fields: a, b',
    );
    expect(details({})).toBe('');
  });
});

describe('what is asked of the hub', () => {
  it('leaves out what does not matter', () => {
    expect(auditQuery(EVERYTHING).toString()).toBe('');
    expect(auditFile({ ...EVERYTHING, what: 'export' }, 'csv')).toBe('/console/api/audit/export?what=export&format=csv');
  });

  it('takes both days as a whole, in the time zone of who asks', () => {
    const query = auditQuery({ ...EVERYTHING, from: '2026-11-26', to: '2026-11-30' });
    expect(query.get('since')).toBe(new Date(2026, 10, 26).toISOString());
    expect(query.get('until')).toBe(new Date(2026, 11, 1).toISOString());
    expect(auditQuery({ ...EVERYTHING, from: '2026-11', to: 'x' }).toString()).toBe('');
  });

  it('sees days in the wrong order', () => {
    expect(backwards({ ...EVERYTHING, from: '2026-11-27', to: '2026-11-26' })).toBe(true);
    expect(backwards({ ...EVERYTHING, from: '2026-11-26', to: '2026-11-26' })).toBe(false);
    expect(backwards({ ...EVERYTHING, from: '2026-11-27' })).toBe(false);
  });

  it('takes the address of a conversation for its id', () => {
    expect(idIn(' https://chat.example/console/inbox/c-1/lead?x=1 ')).toBe('c-1');
    expect(idIn(' c-1 ')).toBe('c-1');
  });
});
