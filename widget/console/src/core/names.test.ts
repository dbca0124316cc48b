import { expect, it } from 'vitest';
import { calledName, displayName } from './names.ts';

const ID = '0b0e8c1e-7d0c-4f57-9a52-7d6d3f0f8a01';

it('calls a visitor by name, else by company, else by a name of ours that stays the same', () => {
  expect(displayName({ name: ' Jane ', company: 'Acme', conversation_id: ID })).toBe('Jane');
  expect(displayName({ name: '  ', company: 'Acme', conversation_id: ID })).toBe('Visitor from Acme');
  expect(displayName({ name: null, company: null, conversation_id: ID })).toMatch(/^Visitor · [A-Z][a-z]+ [a-z]+$/u);
  expect(displayName({ name: null, conversation_id: ID })).toBe(displayName({ name: null, conversation_id: ID }));
  expect(displayName({ name: null })).toBe('Visitor');
});

it('tells visitors apart', () => {
  const names = new Set(Array.from({ length: 60 }, (_, i) => displayName({ name: null, conversation_id: ID.slice(0, -2) + String(i) })));
  expect(names.size).toBeGreaterThan(54);
});

it('calls them so inside of a sentence, too', () => {
  expect(calledName({ name: 'Jane' })).toBe('Jane');
  expect(calledName({ name: null, company: 'Acme' })).toBe('the visitor from Acme');
  expect(calledName({ name: null, conversation_id: ID })).toMatch(/^the visitor “[A-Z][a-z]+ [a-z]+”$/u);
});
