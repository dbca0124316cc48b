import { readFileSync } from 'node:fs';
import type { GenericSchema } from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  AgentAcks,
  AgentPushes,
  ConversationState,
  LeadAnswer,
  LeadCard,
  AccountAnswer,
  AuditChain,
  AuditPage,
  CodesAnswer,
  LeadsPage,
  LinkAnswer,
  LinkInfo,
  LinkUsed,
  NewTokenAnswer,
  PeopleAnswer,
  SetupAnswer,
  TokensAnswer,
  WaysAnswer,
  MeAnswer,
  parse,
  parseAck,
  parseEntry,
  Site,
  SiteAnswer,
  Stored,
  Summary,
  VisitorAcks,
  VisitorPushes,
} from './index.ts';

type Samples = Record<string, unknown>;
interface Shape {
  valid: Samples;
  invalid?: Samples;
  ack?: unknown;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../tests/contract/${name}.json`, import.meta.url), 'utf8')) as T;
}

function shapes(schemas: Readonly<Record<string, GenericSchema>>, samples: Record<string, Shape>): [string, GenericSchema, Shape][] {
  expect(Object.keys(samples).sort()).toEqual(Object.keys(schemas).sort());
  return Object.entries(schemas).map(([name, schema]) => [name, schema, samples[name] as Shape]);
}

function checkShape(schema: GenericSchema, { valid, invalid }: Shape): void {
  for (const [name, sample] of Object.entries(valid)) expect(parse(schema, sample), `valid ${name}`).not.toBeNull();
  for (const [name, sample] of Object.entries(invalid ?? {})) expect(parse(schema, sample), `invalid ${name}`).toBeNull();
}

interface Namespace {
  client: Record<string, Shape>;
  server: Record<string, Shape>;
}

describe.each([
  ['visitor', VisitorAcks, VisitorPushes],
  ['agent', AgentAcks, AgentPushes],
])('samples of /%s', (name, acks, pushes) => {
  const samples = read<Namespace>(name);

  it('has a guard for each event that arrives, and no other', () => {
    for (const [, schema, shape] of shapes(pushes, samples.server)) checkShape(schema, shape);
  });

  it('reads each acknowledgement, and none without ok', () => {
    for (const [event, schema, { ack }] of shapes(acks, samples.client)) {
      expect(parseAck(schema, ack), event).toMatchObject({ ok: true });
      expect(parseAck(schema, { ...(ack as object), ok: 1 }), event).toMatchObject({ ok: false });
    }
  });
});

describe('samples of shared shapes', () => {
  it.each([
    ['state', ConversationState],
    ['summary', Summary],
    ['lead', LeadCard],
    ['site', Site],
  ])('%s', (name, schema) => {
    checkShape(schema, read<Shape>(name));
  });

  it('entries', () => {
    const { valid, invalid } = read<Required<Shape>>('entry');
    for (const [name, sample] of Object.entries(valid)) expect(parseEntry(sample), name).toEqual(sample);
    for (const [name, sample] of Object.entries(invalid)) expect(parseEntry(sample)?.kind ?? 'other', name).toBe('other');
  });

  it('errors', () => {
    const { valid, invalid } = read<Required<Shape>>('error');
    for (const [name, sample] of Object.entries(valid)) expect(parseAck(Stored, sample), name).toEqual(sample);
    for (const [name, sample] of Object.entries(invalid)) {
      expect(parseAck(Stored, sample), name).toMatchObject({ error: { code: 'bad_answer' } });
    }
  });

  const HTTP = {
    login: MeAnswer,
    me: MeAnswer,
    site: SiteAnswer,
    leads: LeadsPage,
    lead: LeadAnswer,
    ways: WaysAnswer,
    account: AccountAnswer,
    setup: SetupAnswer,
    codes: CodesAnswer,
    people: PeopleAnswer,
    link: LinkAnswer,
    link_info: LinkInfo,
    link_used: LinkUsed,
    tokens: TokensAnswer,
    new_token: NewTokenAnswer,
    audit: AuditPage,
    audit_chain: AuditChain,
  };

  it('answers over HTTP', () => {
    const samples = read<Record<string, Shape>>('http');
    for (const [name, schema] of Object.entries(HTTP)) {
      checkShape(schema, samples[name] as Shape);
    }
  });
});
