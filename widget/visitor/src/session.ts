/** One visitor's session: joins, keeps the log whole, and gets every line to the hub exactly once. */
import type { Ack, Choice, Entry, Joined, Page, Stored } from '@handraise/protocol';
import type { VisitorClient } from './client.ts';
import {
  type Change,
  type Conversation,
  emptyConversation,
  hasGap,
  lastSeq,
  type Pending,
  type PendingEvent,
  reduce,
} from './conversation.ts';
import type { Memory } from './storage.ts';

export interface ContactDetails {
  name: string;
  email: string;
  message: string;
}

export interface Here {
  page: Page;
  lang: string | null;
}

const GAP_PATIENCE = 250;
const MAX_ATTEMPTS = 5;
const TYPING_REPEAT = 3000;
const TYPING_IDLE = 4000;
const TYPING_LIMIT = { bot: 20_000, agent: 8000 };

export class Session {
  conversation: Conversation;
  readonly #client: VisitorClient;
  readonly #memory: Memory;
  readonly #here: Here;
  readonly #watchers = new Set<() => void>();
  readonly #attempts = new Map<string, number>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #joinedWith: string | null = null;
  #flushing = false;
  #waiting = false;
  #syncing = false;
  #typingSince = 0;
  /** Told each new line of the bot or a person as it arrives, not those of a replay. */
  onLine: (entry: Entry) => void = () => undefined;

  constructor(client: VisitorClient, memory: Memory, here: Here) {
    this.#client = client;
    this.#memory = memory;
    this.#here = here;
    this.conversation = emptyConversation(memory.unsent);
  }

  start(): void {
    this.#client.start({
      up: () => void this.#join(),
      down: () => this.#apply({ type: 'link', link: 'down' }),
      refused: () => this.#apply({ type: 'link', link: 'refused' }),
      entry: (entry) => this.#hear(entry),
      state: (state) => this.#apply({ type: 'state', state }),
      typing: (typing) => {
        this.#apply({ type: 'typing', typing });
        this.#later('typing', TYPING_LIMIT[typing.who], () => this.#apply({ type: 'typing_over' }));
      },
    });
  }

  stop(): void {
    this.#client.stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  send(text: string): void {
    this.#stopTyping();
    this.#queue('message', text, { text });
  }

  choose(choice: Choice): void {
    this.#queue('choose', choice.title, { choice_id: choice.id });
  }

  contact(details: ContactDetails): void {
    const shown = [details.name, details.email].filter(Boolean).join(', ') + (details.message ? `: ${details.message}` : '');
    this.#queue('contact', shown, { ...details, consent: true });
  }

  rate(score: number): void {
    this.#queue('rate', '', { score });
  }

  /** Try a failed line again. */
  again(id: string): void {
    this.#attempts.delete(id);
    this.#waiting = false;
    this.#apply({ type: 'again', id });
    void this.#flush();
  }

  /** Close this conversation and begin a new one; false when the hub could not be asked. */
  async restart(): Promise<boolean> {
    const ack = await this.#client.call('restart', {});
    if (ack.ok) this.#welcome(ack.value);
    return ack.ok;
  }

  /** The visitor has typed something. */
  typing(): void {
    if (Date.now() - this.#typingSince > TYPING_REPEAT) {
      this.#typingSince = Date.now();
      this.#client.tell('typing', { on: true });
    }
    this.#later('idle', TYPING_IDLE, () => this.#stopTyping());
  }

  /** The visitor has looked at everything up to the newest entry. */
  look(): void {
    const { conversation } = this;
    const seq = lastSeq(conversation);
    if (conversation.state === null || seq <= conversation.seen) return;
    this.#apply({ type: 'seen', seq });
    this.#memory.setSeen(conversation.state.conversation_id, seq);
    this.#later('seen', 500, () => this.#client.tell('seen', { seq: this.conversation.seen }));
  }

  visit(page: Page): void {
    const moved = page.url !== this.#here.page.url;
    this.#here.page = page;
    if (moved && this.conversation.joined) this.#client.tell('page', { url: page.url, title: page.title });
  }

  /** Another tab began another conversation, or has looked: follow it. */
  follow(): void {
    const { state } = this.conversation;
    const { token } = this.#memory;
    if (this.#joinedWith !== null && token !== null && token !== this.#joinedWith) {
      this.#joinedWith = null;
      this.#client.renew();
    } else if (state !== null) this.#apply({ type: 'seen', seq: this.#memory.seen(state.conversation_id) });
  }

  /** The browser is online or visible again. */
  nudge(): void {
    this.#client.nudge();
  }

  /** The browser says that it is offline, and a dead line would be noticed late; where the browser is wrong the new line stands at once. */
  doubt(): void {
    this.#client.renew();
  }

  async #join(): Promise<void> {
    const { token } = this.#memory;
    const known = token !== null && token === this.#joinedWith;
    const { page, lang } = this.#here;
    const ack = await this.#client.call('join', { token, last_seq: known ? lastSeq(this.conversation) : 0, page, lang });
    if (ack.ok) return this.#welcome(ack.value);
    if (ack.error.code === 'offline') return;
    this.#apply({ type: 'link', link: 'down' });
    this.#later('join', 1000 * (ack.error.retry_after ?? 3), () => this.#client.renew());
  }

  #welcome(joined: Joined): void {
    this.#joinedWith = joined.token;
    this.#waiting = false;
    if (this.#memory.token !== joined.token) this.#memory.token = joined.token;
    this.#apply({ type: 'joined', joined });
    this.#apply({ type: 'seen', seq: this.#memory.seen(joined.state.conversation_id) });
    void this.#flush();
  }

  #hear(entry: Entry): void {
    const isNew = entry.seq > lastSeq(this.conversation);
    this.#apply({ type: 'entries', entries: [entry] });
    if (isNew) this.onLine(entry);
  }

  #queue(event: PendingEvent, text: string, payload: Record<string, unknown>): void {
    const conversation = this.conversation.state?.conversation_id ?? null;
    const pending: Pending = { id: newId(), event, text, payload, conversation, at: new Date().toISOString(), status: 'sending' };
    this.#apply({ type: 'queued', pending });
    void this.#flush();
  }

  /** Send what waits, one after the other, so that lines arrive in the order in which they were written. */
  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      const { id, event, payload } = item;
      const ack = (await this.#client.call(event, { ...payload, client_msg_id: id } as never)) as Ack<Stored>;
      if (!this.#settle(item, ack)) break;
    }
    this.#flushing = false;
  }

  /** Send nothing for so long, also when something new is written meanwhile. */
  #wait(ms: number): void {
    this.#waiting = true;
    this.#later('flush', ms, () => {
      this.#waiting = false;
      void this.#flush();
    });
  }

  #next(): Pending | undefined {
    return this.conversation.joined && !this.#waiting ? this.conversation.pending.find((item) => item.status === 'sending') : undefined;
  }

  /** Take the hub's answer for one line; false when the others must wait as well. */
  #settle({ id }: Pending, ack: Ack<Stored>): boolean {
    if (ack.ok) {
      this.#attempts.delete(id);
      this.#apply({ type: 'stored', id, seq: ack.value.seq });
      return true;
    }
    const { code, retry_after } = ack.error;
    if (code === 'offline') return false;
    // The answer was lost, but the entry itself has come.
    if (!this.conversation.pending.some((item) => item.id === id)) return true;
    if (code === 'choice_spent') {
      this.#apply({ type: 'dropped', id });
      return true;
    }
    // "Slow down" is no failure: the line waits for as long as it is told, however often.
    const attempts = (this.#attempts.get(id) ?? 0) + (code === 'too_fast' ? 0 : 1);
    this.#attempts.set(id, attempts);
    const passing = code === 'timeout' || code === 'not_joined' || retry_after !== undefined;
    if (!passing || attempts >= MAX_ATTEMPTS) {
      this.#apply({ type: 'failed', id });
      return true;
    }
    if (retry_after === undefined) this.#client.renew();
    else this.#wait(1000 * retry_after);
    return false;
  }

  async #sync(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    while (hasGap(this.conversation)) {
      const before = lastSeq(this.conversation);
      const ack = await this.#client.call('sync', { last_seq: before });
      if (!ack.ok) break;
      this.#apply({ type: 'entries', entries: ack.value.entries });
      this.#apply({ type: 'state', state: ack.value.state });
      if (lastSeq(this.conversation) === before) break;
    }
    this.#syncing = false;
  }

  #stopTyping(): void {
    if (this.#typingSince === 0) return;
    this.#typingSince = 0;
    this.#client.tell('typing', { on: false });
  }

  #apply(change: Change): void {
    const { pending } = this.conversation;
    this.conversation = reduce(this.conversation, change);
    if (this.conversation.pending !== pending) this.#memory.unsent = this.conversation.pending;
    // Entries of a burst may overtake each other; only a gap that stays is asked for.
    if (hasGap(this.conversation)) this.#later('sync', GAP_PATIENCE, () => void this.#sync());
    for (const watcher of this.#watchers) watcher();
  }

  #later(name: string, delay: number, act: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(act, delay));
  }
}

/** A random id; `randomUUID` exists only on secure pages, and plain http on a company network is none. */
function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
