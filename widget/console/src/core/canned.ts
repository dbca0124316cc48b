/** Canned replies: a small list of one's own, found by typing `/`; pure but for the storage passed in. */
import * as v from 'valibot';
import { readJson, type Keep } from './keep.ts';

const Canned = v.object({ name: v.string(), text: v.string() });
export type Canned = v.InferOutput<typeof Canned>;

export const STARTER: readonly Canned[] = [
  { name: 'hello', text: 'Hi {first}, I am {me}. I have read what you wrote and can help you with it.' },
  { name: 'meeting', text: 'Shall we have a short call? Tell me two times that suit you and I will send an invitation.' },
  { name: 'moment', text: 'Give me a moment, I am looking this up for you.' },
  { name: 'bye', text: 'Thank you, {first}. If anything else comes up, write here at any time.' },
];

const keyOf = (agentId: string) => `canned.${agentId}`;

export function readCanned(keep: Keep, agentId: string): readonly Canned[] {
  const parsed = v.safeParse(v.array(Canned), readJson(keep, keyOf(agentId)));
  return parsed.success ? parsed.output : STARTER;
}

export function saveCanned(keep: Keep, agentId: string, list: readonly Canned[]): void {
  keep.set(keyOf(agentId), JSON.stringify(list.filter((item) => item.name.trim() !== '' && item.text.trim() !== '')));
}

/** The word after a leading slash, or null when the text is not a search for a canned reply. */
export function cannedQuery(text: string): string | null {
  return /^\/(\S*)$/.exec(text)?.[1] ?? null;
}

export function findCanned(list: readonly Canned[], query: string): Canned[] {
  const words = query.toLocaleLowerCase();
  const named = list.filter((item) => item.name.toLocaleLowerCase().startsWith(words));
  return [...named, ...list.filter((item) => !named.includes(item) && item.text.toLocaleLowerCase().includes(words))];
}

/** Fill in the names; a name that is not known leaves no hole behind. */
export function fillCanned(text: string, names: { first: string | null; me: string }): string {
  const first = names.first?.trim().split(/\s+/)[0] ?? '';
  return text
    .replace(/\s*\{first\}/g, first === '' ? '' : ` ${first}`)
    .replace(/\{me\}/g, names.me)
    .trim();
}
