/** Consent to chat, where the site asks for it: no line to the hub before a yes, none of the visitor's words after it was taken back. */
import { type Ack, backoff, type Joined, type Site } from '@handraise/protocol';
import type { Change, Conversation } from './conversation.ts';
import type { Memory } from './storage.ts';

export interface Hub {
  conversation(): Conversation;
  /** The site's words, without a line; null when they cannot be read now. */
  site(): Promise<Site | null>;
  /** Begin: there may be a line now. */
  open(): void;
  /** Whether the consent to this chat waits to be taken back. */
  isTakingBack(): boolean;
  /** Take back now what waits for it; false when it has to wait on. */
  takeBack(): Promise<boolean>;
  agree(text: string): Promise<Ack<object>>;
  apply(change: Change): void;
  /** What has waited for the yes may go. */
  go(): void;
  /** Join again: the hub does not know us any more. */
  lost(): void;
  later(delay: number, act: () => void): void;
}

export class ChatConsent {
  readonly #memory: Memory;
  readonly #hub: Hub;
  /** What the page of this window says is asked: empty for nothing. */
  readonly #asked: string;
  isOpen = false;

  constructor(memory: Memory, asked: string, hub: Hub) {
    this.#memory = memory;
    this.#asked = asked;
    this.#hub = hub;
  }

  /** At the start, and when another tab has got a yes. */
  begin(): void {
    if (this.isOpen) return;
    if (this.#asked === '' || this.#memory.agreed?.mark === this.#asked) this.#open();
    else void this.#ask(0);
  }

  /** Yes to the words that are shown. */
  yes(): void {
    const words = this.#hub.conversation().site?.chat_consent;
    if (!words) return;
    this.#memory.agreed = { ...words, of: null };
    this.#memory.declined = false;
    this.#hub.apply({ type: 'gate', gate: null });
    if (this.#hub.conversation().joined) void this.#tell();
    else if (!this.isOpen) this.#open();
  }

  /** No: this visitor is not asked again in this visit. */
  no(): void {
    this.#memory.declined = true;
    this.#hub.apply({ type: 'gate', gate: 'declined' });
  }

  /** Taken back, or forgotten with everything else. */
  forget(): void {
    this.#memory.agreed = null;
  }

  /** The same, and it is shown at once. */
  withdraw(): void {
    this.forget();
    if (this.#hub.conversation().site?.chat_consent) this.#hub.apply({ type: 'gate', gate: 'asked' });
  }

  /** After a join: false when nothing may be sent yet. */
  joined({ state, agreed, site }: Joined): boolean {
    const known = this.#memory.agreed;
    const words = site?.chat_consent ?? null;
    if (agreed && !this.#hub.isTakingBack()) {
      if (words !== null) this.#memory.agreed = { ...words, of: state.conversation_id };
      this.#hub.apply({ type: 'gate', gate: null });
      return true;
    }
    // A yes that the hub has had for this chat, and has no longer, was taken back elsewhere; one that it has not had is the later word.
    if (known !== null && known.mark === words?.mark && known.of !== state.conversation_id) void this.#tell();
    else {
      this.forget();
      this.#hub.apply({ type: 'gate', gate: this.#memory.declined ? 'declined' : 'asked' });
    }
    return false;
  }

  #open(): void {
    this.isOpen = true;
    this.#hub.apply({ type: 'gate', gate: null });
    this.#hub.open();
  }

  async #ask(tries: number): Promise<void> {
    const site = await this.#hub.site();
    if (this.isOpen) return;
    if (site === null) {
      this.#hub.apply({ type: 'link', link: 'down' });
      this.#hub.later(backoff(tries), () => void this.#ask(tries + 1));
    } else if (site.chat_consent === null) this.#open();
    else this.#hub.apply({ type: 'gate', gate: this.#memory.declined ? 'declined' : 'asked', site });
  }

  async #tell(): Promise<void> {
    if (!(await this.#hub.takeBack())) {
      // Without a line the next join says it all again.
      if (this.#hub.conversation().joined) this.#hub.later(backoff(0), () => void this.#tell());
      return;
    }
    const { state } = this.#hub.conversation();
    const known = this.#memory.agreed;
    if (known === null || state === null || known.of === state.conversation_id) return;
    const ack = await this.#hub.agree(known.text);
    if (ack.ok) {
      this.#memory.agreed = { ...known, of: state.conversation_id };
      return this.#hub.go();
    }
    const { code, retry_after } = ack.error;
    if (code === 'offline') return;
    if (code === 'consent_needed') this.forget();
    // A new join brings the words as they are now, and the question.
    if (code === 'consent_needed' || retry_after === undefined) this.#hub.lost();
    else this.#hub.later(1000 * retry_after + backoff(0), () => void this.#tell());
  }
}
