/** When the token of the conversation is replaced by a younger one: by one tab, at a moment of its own. */
import type { Ack, Renewed } from '@handraise/protocol';
import type { OneTab } from './given.ts';
import type { Keeper } from './keeper.ts';

/** Least and most milliseconds before another token is asked for: when a page is new, and after a break, when everybody comes back at once. */
export const PAUSES = { first: [1000, 3000], again: [5000, 60_000] };

export interface Hub {
  /** The id of the conversation that was joined; none before the first join. */
  conversation(): string | undefined;
  ask(token: string): Promise<Ack<Renewed>>;
  later(delay: number, act: () => void): void;
}

export class Renewal {
  readonly #keeper: Keeper;
  readonly #oneTab: OneTab;
  readonly #pauses: typeof PAUSES;
  readonly #hub: Hub;

  constructor(keeper: Keeper, oneTab: OneTab, pauses: typeof PAUSES, hub: Hub) {
    this.#keeper = keeper;
    this.#oneTab = oneTab;
    this.#pauses = pauses;
    this.#hub = hub;
  }

  /** The token of this join was right, and may be replaced. */
  joined(isReturn: boolean): void {
    const [least = 0, most = 0] = isReturn ? this.#pauses.again : this.#pauses.first;
    this.#hub.later(least + Math.random() * (most - least), () => {
      const id = this.#hub.conversation();
      if (id !== undefined) void this.#oneTab(() => this.#keeper.renew(id, this.#hub.ask));
    });
  }
}
