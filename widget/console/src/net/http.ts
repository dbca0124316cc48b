/** One request to the hub over HTTP: its answer checked, its refusal in words, and the token that shows that a page of ours sent it. */
import { MeAnswer, parse, ProtocolError } from '@handraise/protocol';
import * as v from 'valibot';

export type Answer<T> = { ok: true; value: T } | Refusal;
export interface Refusal {
  ok: false;
  status: number;
  code: string;
  message: string;
  retryAfter: number | null;
}

const Failure = v.object({ error: ProtocolError });
export const Anything = v.unknown();

const OFFLINE: Refusal = {
  ok: false,
  status: 0,
  code: 'offline',
  message: 'The server cannot be reached. Check your connection and try again.',
  retryAfter: null,
};

export class Http {
  /** Belongs to the session; the hub tells it with who is signed in. */
  csrf = '';

  get<S extends v.GenericSchema>(schema: S, path: string, signal?: AbortSignal): Promise<Answer<v.InferOutput<S>>> {
    return this.call(schema, path, signal ? { signal } : {});
  }

  /** After a sign-in in another tab the session is a new one: its token is fetched, and the same is sent once more. */
  async send<S extends v.GenericSchema>(schema: S, path: string, body: unknown = {}, method = 'POST'): Promise<Answer<v.InferOutput<S>>> {
    const answer = await this.sendOnce(schema, path, body, method);
    if (answer.ok || answer.code !== 'stale_page') return answer;
    const me = await this.get(MeAnswer, 'me');
    if (!me.ok || me.value.csrf === this.csrf) return answer;
    this.csrf = me.value.csrf;
    return this.sendOnce(schema, path, body, method);
  }

  private sendOnce<S extends v.GenericSchema>(schema: S, path: string, body: unknown, method: string): Promise<Answer<v.InferOutput<S>>> {
    const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': this.csrf };
    return this.call(schema, path, { method, headers, body: JSON.stringify(body) });
  }

  private async call<S extends v.GenericSchema>(schema: S, path: string, init: RequestInit): Promise<Answer<v.InferOutput<S>>> {
    let response: Response;
    try {
      response = await fetch(`/console/api/${path}`, { credentials: 'same-origin', ...init });
    } catch {
      return OFFLINE;
    }
    const body: unknown = await response.json().catch(() => null);
    const value = response.ok ? v.safeParse(schema, body) : null;
    if (value?.success) return { ok: true, value: value.output };
    return refusal(response, body);
  }
}

function refusal(response: Response, body: unknown): Refusal {
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
