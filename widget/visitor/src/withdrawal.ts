/** Taking consent back, until the hub has noted it: kept over a lost line and a reload, asked for again as often as needed. */
import { type Ack, backoff } from '@handraise/protocol';
import type { Change, Conversation } from './conversation.ts';
import type { Memory } from './storage.ts';

export type Purpose = 'contact' | 'marketing' | 'chat';

/** `waiting`: it happens as soon as the hub can be asked. */
export type Withdrawn = 'done' | 'nothing' | 'waiting';

export interface Hub {
  conversation(): Conversation;
  ask(purpose: string): Promise<Ack<{ withdrawn: boolean }>>;
  apply(change: Change): void;
  later(delay: number, act: () => void): void;
}

export class Withdrawal {
  readonly #memory: Memory;
  readonly #hub: Hub;
  /** One after the other, so that nothing is asked twice. */
  #last: Promise<Withdrawn> = Promise.resolve('nothing');

  constructor(memory: Memory, hub: Hub) {
    this.#memory = memory;
    this.#hub = hub;
  }

  /** What waits to be taken back in this chat. */
  get waiting(): readonly string[] {
    const wish = this.#memory.withdrawing;
    return wish !== null && wish.conversation === this.#hub.conversation().state?.conversation_id ? wish.purposes : [];
  }

  /** A form that was not sent yet was filled under the same consent, so it goes as well, or goes without that consent. */
  async wish(purposes: readonly string[]): Promise<Withdrawn> {
    const { state, pending } = this.#hub.conversation();
    if (state === null) return 'nothing';
    this.#keep([...new Set([...this.waiting, ...purposes])]);
    for (const item of pending) {
      if (item.event !== 'contact') continue;
      this.#hub.apply({ type: 'dropped', id: item.id });
      if (!purposes.includes('contact'))
        this.#hub.apply({ type: 'queued', pending: { ...item, payload: { ...item.payload, marketing: null } } });
    }
    return this.run();
  }

  /** Now, after each join, and before anything that was agreed to later: the later word counts. */
  run(): Promise<Withdrawn> {
    this.#last = this.#last.then(() => this.#run());
    return this.#last;
  }

  async #run(): Promise<Withdrawn> {
    let done = false;
    for (let purpose = this.waiting[0]; purpose !== undefined; purpose = this.waiting[0]) {
      const ack = this.#hub.conversation().joined ? await this.#hub.ask(purpose) : null;
      if (!ack?.ok) {
        this.#show(true);
        // Without a line the next join asks again.
        if (ack !== null && ack.error.code !== 'offline')
          this.#hub.later(1000 * (ack.error.retry_after ?? 1) + backoff(0), () => void this.run());
        return 'waiting';
      }
      this.#keep(this.waiting.filter((one) => one !== purpose));
      done ||= ack.value.withdrawn;
    }
    this.#show(false);
    return done ? 'done' : 'nothing';
  }

  #keep(purposes: string[]): void {
    const id = this.#hub.conversation().state?.conversation_id;
    this.#memory.withdrawing = id !== undefined && purposes.length > 0 ? { conversation: id, purposes } : null;
  }

  #show(withdrawing: boolean): void {
    if (this.#hub.conversation().withdrawing !== withdrawing) this.#hub.apply({ type: 'withdrawing', on: withdrawing });
  }
}
