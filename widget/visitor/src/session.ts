/** One visitor's session: joins, keeps the log whole, and gets every line to the hub exactly once. */
import {
  type Ack,
  backoff,
  type Choice,
  type ConversationState,
  type Entry,
  type Erased,
  type Joined,
  newId,
  type Page,
  type Stored,
} from '@handraise/protocol';
import { CatchUp } from './catchup.ts';
import type { VisitorClient } from './client.ts';
import { type Change, type Conversation, emptyConversation, lastSeq, type Pending, type PendingEvent, reduce } from './conversation.ts';
import { Forgetting } from './forgetting.ts';
import { Identity } from './identity.ts';
import { Keeper } from './keeper.ts';
import { Outbox } from './outbox.ts';
import type { Memory } from './storage.ts';
import { Typist } from './typist.ts';

export interface ContactDetails {
  name: string;
  email: string;
  message: string;
}

export interface Here {
  page: Page;
  lang: string | null;
}

/** Fields of the contact form by the names of their drafts. */
const CONTACT_DRAFTS = { name: 'name', email: 'email', contact: 'message' } as const;

const TYPING_LIMIT = { bot: 20_000, agent: 8000 };
/** Least and most before another token is asked for: when a page is new, and after a break, when everybody comes back at once. */
const RENEW = { first: [1000, 3000], again: [5000, 60_000] };

/** Does the work while no other tab does the same: without it, two new tabs would begin two conversations. */
export type OneTab = (work: () => Promise<void>) => Promise<void>;

export class Session {
  conversation: Conversation;
  readonly #client: VisitorClient;
  readonly #memory: Memory;
  readonly #here: Here;
  readonly #oneTab: OneTab;
  readonly #outbox: Outbox;
  readonly #forgetting: Forgetting;
  readonly #identity: Identity;
  readonly #catchUp: CatchUp;
  readonly #typist: Typist;
  readonly #watchers = new Set<() => void>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #keeper: Keeper;
  readonly #renewPause: typeof RENEW;
  /** States that came between the connection and the answer to the join, which may be older than they are. */
  #early: ConversationState[] = [];
  /** Told each new line of the bot or a person as it arrives, not those of a replay. */
  onLine: (entry: Entry) => void = () => undefined;
  /** Told what whoever built the page has to mend. */
  onTrouble: (text: string) => void = () => undefined;

  constructor(client: VisitorClient, memory: Memory, here: Here, oneTab: OneTab = (work) => work(), renewPause = RENEW) {
    this.#client = client;
    this.#keeper = new Keeper(memory);
    this.#renewPause = renewPause;
    this.#memory = memory;
    this.#here = here;
    this.#oneTab = oneTab;
    this.conversation = emptyConversation(memory.unsent);
    this.#outbox = new Outbox({
      ready: () => this.conversation.joined && !this.conversation.forgetting,
      pending: () => this.conversation.pending,
      call: ({ id, event, payload }) => client.call(event, { ...payload, client_msg_id: id } as never) as Promise<Ack<Stored>>,
      apply: (change) => this.#apply(change),
      lost: () => client.lost(),
      newId,
      giveBack: (item) => this.#giveBack(item),
    });
    this.#forgetting = new Forgetting(memory, {
      conversation: () => this.conversation,
      ask: () => client.call('forget', {}),
      apply: (change) => this.#apply(change),
      welcome: (joined) => this.#welcome(joined, null, false),
      lost: () => client.lost(),
      later: (delay, act) => this.#later('forget', delay, act),
    });
    this.#identity = new Identity({
      conversation: () => this.conversation.state?.conversation_id,
      ask: (token) => client.call('identify', { token }),
      welcome: (joined) => this.#welcome(joined, null, false),
      trouble: (text) => this.onTrouble(text),
    });
    this.#catchUp = new CatchUp({
      conversation: () => this.conversation,
      ask: (after) => client.call('sync', { last_seq: after }),
      apply: (change) => this.#apply(change),
      lost: () => client.lost(),
      later: (delay, act) => this.#later('sync', delay, act),
    });
    this.#typist = new Typist(
      (on) => client.tell('typing', { on }),
      (delay, act) => this.#later('idle', delay, act),
    );
  }

  start(): void {
    this.#client.start({
      up: () => {
        this.#early = [];
        void (this.#memory.token === null ? this.#oneTab(() => this.#join()) : this.#join());
      },
      down: () => this.#apply({ type: 'link', link: 'down' }),
      refused: () => this.#apply({ type: 'link', link: 'refused' }),
      entry: (entry) => this.#hear(entry),
      state: (state) => {
        if (this.conversation.joined) this.#apply({ type: 'state', state });
        else this.#early.push(state);
      },
      typing: (typing) => {
        this.#apply({ type: 'typing', typing });
        this.#later('typing', TYPING_LIMIT[typing.who], () => this.#apply({ type: 'typing_over' }));
      },
      erased: (erased) => this.#erased(erased),
    });
  }

  stop(): void {
    this.#client.stop();
    this.#outbox.stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  send(text: string): void {
    this.#typist.stop();
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
    this.#apply({ type: 'again', id });
    this.#outbox.resume();
  }

  /** Throw away a line that was not taken; gives its text, for those who want to change it. */
  discard(id: string): string {
    const item = this.conversation.pending.find((one) => one.id === id);
    if (item?.event === 'contact') this.#giveBack(item);
    this.#apply({ type: 'dropped', id });
    return item?.text ?? '';
  }

  /** Close this conversation and begin a new one; false when the hub could not be asked. */
  async restart(): Promise<boolean> {
    const ack = await this.#client.call('restart', {});
    if (ack.ok) this.#welcome(ack.value, null, false);
    return ack.ok;
  }

  /** The visitor is logged in on the page: `token` is what the site's server has signed. */
  identify(token: string): void {
    this.#identity.is(token);
    if (this.conversation.joined) void this.#identity.tell();
  }

  /** The visitor has signed out on the page: forget everything here, whatever the hub says, and begin a new chat. */
  async reset(): Promise<void> {
    const { token } = this.#memory;
    this.#identity.is(null);
    this.#keeper.forget();
    this.conversation = emptyConversation([]);
    this.#apply({ type: 'link', link: 'down' });
    const ack = token === null ? null : await this.#client.call('reset', { token });
    if (ack?.ok) this.#welcome(ack.value, null, false);
    else this.#client.renew();
  }

  /** Have everything of this chat deleted: now, or as soon as there is a line, also after a reload. A new one begins then. */
  forget(): void {
    this.#identity.is(null);
    this.#forgetting.wish();
  }

  /** Take back the consent to be contacted; whether there was one, or null when the hub could not be asked. */
  async withdraw(): Promise<boolean | null> {
    const ack = await this.#client.call('withdraw', { purpose: 'contact' });
    return ack.ok ? ack.value.withdrawn : null;
  }

  /** The visitor has typed something. */
  typing(): void {
    this.#typist.typed();
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
    if (this.#keeper.follow(state?.conversation_id ?? null)) this.#client.renew();
    else if (state !== null) this.#apply({ type: 'seen', seq: this.#memory.seen(state.conversation_id) });
  }

  /** The browser is online or visible again: look whether the line still lives, and what was missed. */
  nudge(): void {
    if (this.conversation.joined) void this.#catchUp.run();
    else this.#client.nudge();
  }

  /** The browser says that it is offline, and a dead line would be noticed late; where the browser is wrong the new line stands at once. */
  doubt(): void {
    this.#client.renew();
  }

  async #join(): Promise<void> {
    this.#keeper.follow(this.conversation.state?.conversation_id ?? null);
    const { token } = this.#memory;
    const known = this.#keeper.isKnown;
    const { page, lang } = this.#here;
    const ack = await this.#client.call('join', { token, last_seq: known ? lastSeq(this.conversation) : 0, page, lang });
    // A known token that leads to another one: the hub has forgotten that conversation.
    if (ack.ok) {
      this.#welcome(ack.value, token, token !== null && ack.value.token !== token);
      if (ack.value.token === token) this.#renewLater(known);
      return;
    }
    if (ack.error.code === 'offline') return;
    this.#apply({ type: 'link', link: 'down' });
    this.#later('join', 1000 * (ack.error.retry_after ?? 2) + backoff(0), () => this.#client.renew());
  }

  #welcome(joined: Joined, asked: string | null, carry: boolean): void {
    this.#client.settled();
    this.#keeper.joined(joined, asked);
    this.#apply({ type: 'joined', joined, carry });
    for (const state of this.#early.splice(0)) this.#apply({ type: 'state', state });
    this.#apply({ type: 'seen', seq: this.#memory.seen(joined.state.conversation_id) });
    if (this.#forgetting.joined(joined)) return;
    this.#outbox.resume();
    void this.#identity.tell();
  }

  /** The conversation was deleted, from another tab or by the people behind the hub: the next join says so and begins another. */
  #erased(erased: Erased): void {
    if (this.#forgetting.asking) return;
    this.#memory.drop();
    this.#apply({ type: 'gone', erased });
    this.#client.renew();
  }

  #renewLater(isReturn: boolean): void {
    const [least = 0, most = 0] = isReturn ? this.#renewPause.again : this.#renewPause.first;
    const ask = (token: string) => this.#client.call('renew', { token });
    this.#later('renew', least + Math.random() * (most - least), () => {
      const { state } = this.conversation;
      if (state !== null) void this.#oneTab(() => this.#keeper.renew(state.conversation_id, ask));
    });
  }

  #hear(entry: Entry): void {
    const isNew = entry.seq > lastSeq(this.conversation);
    this.#apply({ type: 'entries', entries: [entry] });
    if (isNew) this.onLine(entry);
  }

  #queue(event: PendingEvent, text: string, payload: Record<string, unknown>): void {
    const conversation = this.conversation.forgetting ? null : (this.conversation.state?.conversation_id ?? null);
    const pending: Pending = { id: newId(), event, text, payload, conversation, at: new Date().toISOString(), status: 'sending' };
    this.#apply({ type: 'queued', pending });
    void this.#outbox.flush();
  }

  /** The form as it was, to be mended. */
  #giveBack({ payload }: Pending): void {
    for (const [draft, field] of Object.entries(CONTACT_DRAFTS)) this.#memory.setDraft(draft, String(payload[field] ?? ''));
  }

  #apply(change: Change): void {
    const { pending } = this.conversation;
    this.conversation = reduce(this.conversation, change);
    if (this.conversation.pending !== pending) {
      this.#memory.unsent = this.conversation.pending;
      this.#outbox.look();
    }
    this.#catchUp.look();
    for (const watcher of this.#watchers) watcher();
  }

  #later(name: string, delay: number, act: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(act, delay));
  }
}
