/** What was missed: asked for, with the state, until nothing is missing. */
import { type Ack, backoff, type Synced } from '@handraise/protocol';
import { type Change, type Conversation, hasGap, lastSeq } from './conversation.ts';

export interface Hub {
  conversation(): Conversation;
  ask(after: number): Promise<Ack<Synced>>;
  apply(change: Change): void;
  /** The line looks dead. */
  lost(): void;
  later(delay: number, act: () => void): void;
}

/** Entries of a burst may overtake each other; only a gap that stays is asked for. */
const PATIENCE = 250;

export class CatchUp {
  readonly #hub: Hub;
  #running = false;
  #fruitless = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** A change was applied: ask soon if something is missing now. */
  look(): void {
    if (hasGap(this.#hub.conversation())) this.#later(this.#fruitless > 0 ? backoff(this.#fruitless) : PATIENCE);
  }

  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    do {
      const before = lastSeq(this.#hub.conversation());
      const ack = await this.#hub.ask(before);
      if (!ack.ok) {
        const { code, retry_after } = ack.error;
        if (code === 'timeout') this.#hub.lost();
        else if (code !== 'offline') this.#later(Math.max(1000 * (retry_after ?? 0), backoff(0)));
        break;
      }
      const { entries, state } = ack.value;
      // A hub that knows of entries and does not give them is not asked without end.
      this.#fruitless = entries.length === 0 && state.last_seq > before ? this.#fruitless + 1 : 0;
      this.#hub.apply({ type: 'entries', entries });
      this.#hub.apply({ type: 'state', state });
      if (lastSeq(this.#hub.conversation()) === before) break;
    } while (hasGap(this.#hub.conversation()));
    this.#running = false;
  }

  #later(delay: number): void {
    this.#hub.later(delay, () => void this.run());
  }
}
