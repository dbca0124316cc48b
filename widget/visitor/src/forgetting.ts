/** The visitor's wish to be forgotten, until the hub has done it: kept over a lost line and a reload, asked for again as often as needed. */
import { type Ack, backoff, type Joined } from '@handraise/protocol';
import type { Change, Conversation } from './conversation.ts';
import type { Memory } from './storage.ts';

export interface Hub {
  conversation(): Conversation;
  ask(): Promise<Ack<Joined>>;
  apply(change: Change): void;
  /** The empty conversation that follows. */
  welcome(joined: Joined): void;
  /** The line looks dead, or the hub does not know us any more: join again. */
  lost(): void;
  later(delay: number, act: () => void): void;
}

const PASSING: readonly string[] = ['unavailable', 'slow', 'internal', 'too_fast'];
const JOIN_AGAIN: readonly string[] = ['timeout', 'not_joined', 'not_found'];

export class Forgetting {
  readonly #memory: Memory;
  readonly #hub: Hub;
  /** The hub has been asked and has not answered. */
  asking = false;

  constructor(memory: Memory, hub: Hub) {
    this.#memory = memory;
    this.#hub = hub;
  }

  /** The visitor wants it. */
  wish(): void {
    const { state } = this.#hub.conversation();
    if (state === null) return;
    this.#memory.forgetting = state.conversation_id;
    this.#memory.drop();
    this.#hub.apply({ type: 'forgetting' });
    void this.#ask();
  }

  /** After a join: true when the wish is still open, so that nothing else may be sent. */
  joined({ state, erased }: Joined): boolean {
    if (this.#memory.forgetting === state.conversation_id) {
      this.#hub.apply({ type: 'forgetting' });
      void this.#ask();
      return true;
    }
    if (erased !== null) {
      this.#memory.forgetting = null;
      this.#memory.drop();
    }
    return false;
  }

  async #ask(): Promise<void> {
    const { forgetting, joined } = this.#hub.conversation();
    if (!forgetting || !joined || this.asking) return;
    this.asking = true;
    const ack = await this.#hub.ask();
    this.asking = false;
    if (ack.ok) return this.#hub.welcome(ack.value);
    const { code, retry_after } = ack.error;
    // Without a line the next welcome asks again.
    if (code === 'offline') return;
    if (JOIN_AGAIN.includes(code)) return this.#hub.lost();
    if (retry_after !== undefined || PASSING.includes(code)) {
      return this.#hub.later(1000 * (retry_after ?? 0) + backoff(0), () => void this.#ask());
    }
    this.#memory.forgetting = null;
    this.#hub.apply({ type: 'not_forgotten' });
  }
}
