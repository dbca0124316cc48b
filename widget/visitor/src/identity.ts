/** Who the visitor is by the word of the site's server: told to the hub once for each conversation. */
import type { Ack, Identified, Joined } from '@handraise/protocol';

export interface Hub {
  /** The id of the conversation that was joined; none before the first join. */
  conversation(): string | undefined;
  ask(token: string): Promise<Ack<Identified>>;
  /** The visitor's own conversation, begun in another browser. */
  welcome(joined: Joined): void;
  /** What whoever built the page has to mend. */
  trouble(text: string): void;
}

export class Identity {
  readonly #hub: Hub;
  /** What was signed, and for which conversation the hub has taken it. */
  #signed: { token: string; of: string | null } | null = null;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** @param token what the site's server has signed; null: nobody any more */
  is(token: string | null): void {
    this.#signed = token === null ? null : { token, of: null };
  }

  /** Tell the hub, unless it knows; after a break it still does. */
  async tell(): Promise<void> {
    const signed = this.#signed;
    const id = this.#hub.conversation();
    if (signed === null || id === undefined || signed.of === id) return;
    signed.of = id;
    const ack = await this.#hub.ask(signed.token);
    if (this.#signed !== signed) return;
    if (!ack.ok) {
      if (ack.error.code === 'forbidden') this.#hub.trouble(ack.error.message);
      else signed.of = null;
    } else if (ack.value.joined !== null) {
      signed.of = ack.value.joined.state.conversation_id;
      this.#hub.welcome(ack.value.joined);
    }
  }
}
