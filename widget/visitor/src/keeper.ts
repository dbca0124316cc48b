/** The token of the conversation: kept for all tabs, replaced by a younger one now and then, never so that the chat is lost. */
import type { Ack, Joined, Renewed } from '@handraise/protocol';
import type { Memory } from './storage.ts';

/** An answer with a token that comes later than this is not taken: another tab may have gone on meanwhile. */
const PATIENCE = 10_000;

export class Keeper {
  readonly #memory: Memory;
  #joinedWith: string | null = null;
  /** The token before that one. */
  #replaced: string | null = null;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Whether this page has joined with the token that all tabs have. */
  get isKnown(): boolean {
    return this.#joinedWith !== null && this.#memory.token === this.#joinedWith;
  }

  /** @param asked the token of the join: when it was right, the storage may have a younger one meanwhile, which must stay */
  joined({ token, state }: Joined, asked: string | null): void {
    this.#joinedWith = token;
    if (token !== asked) this.#memory.keep(token, state.conversation_id);
  }

  /** This browser shall not open the chat any more. */
  forget(): void {
    this.#memory.forget();
    this.#joinedWith = null;
    this.#replaced = null;
  }

  /** Another tab has changed the token: to a younger one, which the hub is to be told, or to another conversation's, which is to be joined. */
  follow(conversation: string | null): 'younger' | 'other' | null {
    const { token } = this.#memory;
    if (this.#joinedWith === null || token === null || token === this.#joinedWith) return null;
    if (conversation !== null && token === this.#replaced) {
      // A tab with an older widget has put back what it came in with, which will not be good for long.
      this.#memory.keep(this.#joinedWith, conversation);
      return null;
    }
    if (conversation !== null && this.#memory.isOf(conversation)) {
      this.#replaced = this.#joinedWith;
      this.#joinedWith = token;
      return 'younger';
    }
    this.#joinedWith = null;
    return 'other';
  }

  /**
   * Tell the hub which token the browser keeps, and take another one in its place when the hub gives one. The old one stays good until
   * the hub has heard that the new one is kept, so whatever gets lost on the way, the storage has a token that opens the conversation.
   */
  async renew(conversation: string, ask: (token: string) => Promise<Ack<Renewed>>): Promise<void> {
    const { token } = this.#memory;
    if (token === null || token !== this.#joinedWith) return;
    const asked = performance.now();
    const ack = await ask(token);
    if (!ack.ok || ack.value.token === null || performance.now() - asked > PATIENCE) return;
    // Another tab was quicker, or the visitor began another conversation.
    if (this.#memory.token !== token || this.#joinedWith !== token) return;
    if (!this.#memory.replace(ack.value.token, conversation)) return;
    this.#replaced = token;
    this.#joinedWith = ack.value.token;
    await ask(ack.value.token);
  }
}
