/** The HTTP side of the hub: signing in and out, and the list of leads. */
import { LeadsPage, MeAnswer, parse, ProtocolError, type Me } from '@handraise/protocol';
import * as v from 'valibot';

export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; code: string; message: string; retryAfter: number | null };

const Failure = v.object({ error: ProtocolError });
const Anything = v.unknown();

const OFFLINE = {
  ok: false,
  status: 0,
  code: 'offline',
  message: 'The server cannot be reached. Check your connection and try again.',
  retryAfter: null,
} as const;

async function call<S extends v.GenericSchema>(schema: S, path: string, init?: RequestInit): Promise<Answer<v.InferOutput<S>>> {
  let response: Response;
  try {
    response = await fetch(`/console/api/${path}`, { credentials: 'same-origin', ...init });
  } catch {
    return OFFLINE;
  }
  const body: unknown = await response.json().catch(() => null);
  const value = response.ok ? v.safeParse(schema, body) : null;
  if (value?.success) return { ok: true, value: value.output };
  return failure(response, body);
}

function failure(response: Response, body: unknown): Extract<Answer<never>, { ok: false }> {
  const error = parse(Failure, body)?.error;
  const header = Number(response.headers.get('retry-after'));
  return {
    ok: false,
    status: response.status,
    code: error?.code ?? (response.ok ? 'bad_answer' : 'failed'),
    message: error?.message ?? 'The server gave an answer that cannot be read. Try again in a moment.',
    retryAfter: error?.retry_after ?? (header > 0 ? header : null),
  };
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

export interface LeadsQuery {
  tier: string;
  stage: string;
  q: string;
  number: number;
}

export interface Api {
  me(): Promise<Answer<{ me: Me }>>;
  login(email: string, password: string): Promise<Answer<{ me: Me }>>;
  logout(): Promise<Answer<unknown>>;
  leads(query: LeadsQuery, signal: AbortSignal): Promise<Answer<LeadsPage>>;
}

export const api: Api = {
  me: () => call(MeAnswer, 'me'),
  login: (email, password) => call(MeAnswer, 'login', post({ email, password })),
  logout: () => call(Anything, 'logout', post({})),
  leads: ({ tier, stage, q, number }, signal) => {
    const query = new URLSearchParams(Object.entries({ tier, stage, q }).filter(([, value]) => value !== ''));
    query.set('page', String(number));
    return call(LeadsPage, `leads?${query.toString()}`, { signal });
  },
};
