/** What the visitor wrote on its way to the hub: one after the other, each as often as needed, none lost. */
import { type Ack, backoff, type Stored } from '@handraise/protocol';
import type { Change, Pending } from './conversation.ts';

/** What the hub's answer means for a line. */
export type Verdict =
  | { what: 'stored'; seq: number }
  /** There is no line; the next join sends again. */
  | { what: 'stop' }
  /** The line looks dead: a new one, then again. */
  | { what: 'renew' }
  /** Not now: again by itself after so many milliseconds, and the others wait as well. */
  | { what: 'wait'; ms: number }
  /** It can be tried again as it is, when the visitor wants to; `anew` under another id. */
  | { what: 'failed'; anew: boolean }
  /** It will never be taken as it is. */
  | { what: 'refused' }
  /** The contact form comes back with what was typed. */
  | { what: 'returned'; field: 'email' | 'consent' }
  /** Nothing is lost with it: a button that another tab used, a rating that was given. */
  | { what: 'dropped' };

const LONGEST_WAIT = 600;
const FAULTS_FORGIVEN = 3;

/** @param tries how often the hub put this line off before */
export function judge(event: Pending['event'], ack: Ack<Stored>, tries: number, random: () => number = Math.random): Verdict {
  if (ack.ok) return { what: 'stored', seq: ack.value.seq };
  const { code, retry_after } = ack.error;
  if (code === 'offline') return { what: 'stop' };
  if (code === 'timeout' || code === 'not_joined' || code === 'consent_needed') return { what: 'renew' };
  if (code === 'choice_spent') return { what: 'dropped' };
  if (code === 'too_fast') return { what: 'wait', ms: told(retry_after ?? 1, random) };
  if (retry_after !== undefined || code === 'unavailable') {
    return { what: 'wait', ms: Math.max(told(retry_after ?? 0, random), backoff(tries, random)) };
  }
  if (code === 'slow') return { what: 'wait', ms: backoff(tries, random) };
  const ours = code === 'internal' || code === 'bad_answer';
  if (ours && tries < FAULTS_FORGIVEN) return { what: 'wait', ms: backoff(tries, random) };
  if (event === 'rate') return { what: 'dropped' };
  if (code === 'words_changed') return { what: 'returned', field: 'consent' };
  if (code === 'invalid') return event === 'contact' ? { what: 'returned', field: 'email' } : { what: 'refused' };
  return { what: 'failed', anew: code === 'conflict' };
}

/** At least as long as the hub asks for, and up to a quarter longer, so that not everybody comes at once. */
function told(seconds: number, random: () => number): number {
  return 1000 * Math.min(seconds, LONGEST_WAIT) * (1 + random() / 4);
}

export interface Way {
  /** Whether the hub has let us in. */
  ready(): boolean;
  pending(): readonly Pending[];
  call(item: Pending): Promise<Ack<Stored>>;
  apply(change: Change): void;
  /** The line looks dead. */
  lost(): void;
  newId(): string;
  /** The form was not accepted: keep what was typed for the next try. */
  giveBack(item: Pending): void;
}

export class Outbox {
  readonly #way: Way;
  readonly #tries = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting = false;
  #flushing = false;
  #current: { id: string; settled: () => void } | null = null;

  constructor(way: Way) {
    this.#way = way;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Go on at once, whatever was waited for: a new line, or the visitor asks for it. */
  resume(): void {
    clearTimeout(this.#timer);
    this.#waiting = false;
    void this.flush();
  }

  /** Send what waits, one after the other, so that lines arrive in the order in which they were written. */
  async flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      const ack = await Promise.race([this.#way.call(item), this.#gone(item.id)]);
      if (ack !== null && !this.#settle(item, ack)) break;
    }
    this.#flushing = false;
  }

  /** The conversation has changed: an entry may have come before its answer, or instead of it. */
  look(): void {
    if (this.#current !== null && !this.#isPending(this.#current.id)) this.#current.settled();
  }

  #gone(id: string): Promise<null> {
    return new Promise((settle) => {
      this.#current = { id, settled: () => settle(null) };
    });
  }

  #isPending(id: string): boolean {
    return this.#way.pending().some((item) => item.id === id);
  }

  #next(): Pending | undefined {
    if (this.#waiting || !this.#way.ready()) return undefined;
    return this.#way.pending().find(({ status }) => status === 'sending' || status === 'retrying');
  }

  /** Take the hub's answer for one line; false when the others must wait as well. */
  #settle(item: Pending, ack: Ack<Stored>): boolean {
    const { id, event } = item;
    // The entry itself has come, or the visitor has thrown the line away.
    if (!this.#isPending(id)) return true;
    const tries = this.#tries.get(id) ?? 0;
    const verdict = judge(event, ack, tries);
    if (verdict.what === 'stop') return false;
    if (verdict.what === 'renew') {
      this.#way.lost();
      return false;
    }
    if (verdict.what === 'wait') {
      this.#tries.set(id, tries + 1);
      this.#way.apply({ type: 'put_off', id });
      this.#wait(verdict.ms);
      return false;
    }
    this.#tries.delete(id);
    if (verdict.what === 'stored') this.#way.apply({ type: 'stored', id, seq: verdict.seq });
    else if (verdict.what === 'failed') this.#way.apply({ type: 'failed', id, as: verdict.anew ? this.#way.newId() : id });
    else if (verdict.what === 'returned') {
      this.#way.giveBack(item);
      this.#way.apply({ type: 'returned', id, field: verdict.field });
      if (verdict.field === 'consent') {
        // A new join brings the words as they are now.
        this.#way.lost();
        return false;
      }
    } else this.#way.apply({ type: verdict.what, id });
    return true;
  }

  /** Send nothing for so long, also when something new is written meanwhile. */
  #wait(ms: number): void {
    this.#waiting = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.resume(), ms);
  }
}
