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
import { ChatConsent } from './chat_consent.ts';
import { refusal, type VisitorClient } from './client.ts';
import { giveBack } from './contact.ts';
import { type Change, type Conversation, emptyConversation, lastSeq, type Pending, type PendingEvent, reduce } from './conversation.ts';
import { Forgetting } from './forgetting.ts';
import type { ContactDetails, Here, OneTab } from './given.ts';
import { Identity } from './identity.ts';
import { Keeper } from './keeper.ts';
import { Outbox } from './outbox.ts';
import { PAUSES, Renewal } from './renewal.ts';
import type { Memory } from './storage.ts';
import { Timers } from './timers.ts';
import { Typist } from './typist.ts';
import { type Purpose, Withdrawal, type Withdrawn } from './withdrawal.ts';

const TYPING_LIMIT = { bot: 20_000, agent: 8000 };

export class Session {
  conversation: Conversation;
  readonly #client: VisitorClient;
  readonly #memory: Memory;
  readonly #here: Here;
  readonly #oneTab: OneTab;
  readonly #outbox: Outbox;
  readonly #forgetting: Forgetting;
  readonly #withdrawal: Withdrawal;
  readonly chatConsent: ChatConsent;
  readonly #identity: Identity;
  readonly #catchUp: CatchUp;
  readonly #typist: Typist;
  readonly #watchers = new Set<() => void>();
  readonly #timers = new Timers();
  readonly #keeper: Keeper;
  readonly #renewal: Renewal;
  /** States that came between the connection and the answer to the join, which may be older than they are. */
  #early: ConversationState[] = [];
  /** The hub takes in what the visitor says. */
  #mayGo = false;
  /** Told each new line of the bot or a person as it arrives, not those of a replay. */
  onLine: (entry: Entry) => void = () => undefined;
  /** Told what whoever built the page has to mend. */
  onTrouble: (text: string) => void = () => undefined;

  constructor(client: VisitorClient, memory: Memory, here: Here, oneTab: OneTab = (work) => work(), pauses = PAUSES) {
    this.#client = client;
    this.#keeper = new Keeper(memory);
    this.#memory = memory;
    this.#here = here;
    this.#oneTab = oneTab;
    this.conversation = emptyConversation(memory.unsent);
    this.#outbox = new Outbox({
      ready: () => this.conversation.joined && this.#mayGo && !this.conversation.forgetting,
      pending: () => this.conversation.pending,
      call: (item) => this.#send(item),
      apply: (change) => this.#apply(change),
      lost: () => client.lost(),
      newId,
      giveBack: ({ payload }) => giveBack(payload, memory),
    });
    this.#forgetting = new Forgetting(memory, {
      conversation: () => this.conversation,
      ask: () => client.call('forget', {}),
      apply: (change) => this.#apply(change),
      welcome: (joined) => this.#welcome(joined, null, false),
      lost: () => client.lost(),
      later: this.#timers.named('forget'),
    });
    this.#withdrawal = new Withdrawal(memory, {
      conversation: () => this.conversation,
      ask: (purpose) => client.call('withdraw', { purpose }),
      apply: (change) => this.#apply(change),
      later: this.#timers.named('withdraw'),
    });
    this.chatConsent = new ChatConsent(memory, here.asked ?? '', {
      conversation: () => this.conversation,
      site: () => here.site?.() ?? Promise.resolve(null),
      open: () => this.#open(),
      isTakingBack: () => this.#withdrawal.waiting.includes('chat'),
      takeBack: async () => (await this.#withdrawal.run()) !== 'waiting',
      agree: (text) => client.call('agree', { text, page: this.#here.page }),
      apply: (change) => this.#apply(change),
      go: () => this.#go(),
      lost: () => client.lost(),
      later: this.#timers.named('agree'),
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
      later: this.#timers.named('sync'),
    });
    this.#renewal = new Renewal(this.#keeper, oneTab, pauses, {
      conversation: () => this.conversation.state?.conversation_id,
      ask: (token) => client.call('renew', { token }),
      later: this.#timers.named('renew'),
    });
    this.#typist = new Typist((on) => client.tell('typing', { on }), this.#timers.named('idle'));
  }

  start(): void {
    this.chatConsent.begin();
  }

  #open(): void {
    this.#client.start({
      up: () => {
        this.#early = [];
        this.#mayGo = false;
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
        this.#timers.later('typing', TYPING_LIMIT[typing.who], () => this.#apply({ type: 'typing_over' }));
      },
      erased: (erased) => this.#erased(erased),
    });
  }

  stop(): void {
    this.#client.stop();
    this.#outbox.stop();
    this.#timers.stop();
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
    this.#queue('contact', shown, { ...details });
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
    if (item?.event === 'contact') giveBack(item.payload, this.#memory);
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
    if (this.conversation.joined && this.#mayGo) void this.#identity.tell();
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
    else if (this.chatConsent.isOpen) this.#client.renew();
  }

  /** Have everything of this chat deleted: now, or as soon as there is a line, also after a reload. A new one begins then. */
  forget(): void {
    this.#identity.is(null);
    this.chatConsent.forget();
    this.#forgetting.wish();
  }

  /** Take back what was agreed to for these purposes: now, or as soon as there is a line, also after a reload. */
  withdraw(...purposes: Purpose[]): Promise<Withdrawn> {
    if (purposes.includes('chat')) {
      this.#mayGo = false;
      this.chatConsent.withdraw();
    }
    return this.#withdrawal.wish(purposes);
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
    if (this.#mayGo) this.#timers.later('seen', 500, () => this.#client.tell('seen', { seq: this.conversation.seen }));
  }

  visit(page: Page): void {
    const moved = page.url !== this.#here.page.url;
    this.#here.page = page;
    if (moved && this.conversation.joined && this.#mayGo) this.#client.tell('page', { url: page.url, title: page.title });
  }

  /** Another tab began another conversation, or has looked: follow it. */
  follow(): void {
    const { state } = this.conversation;
    if (!this.chatConsent.isOpen) return this.chatConsent.begin();
    const change = this.#keeper.follow(state?.conversation_id ?? null);
    // The hub cuts a line whose token has died.
    if (change === 'younger') this.#client.tell('renew', { token: this.#memory.token ?? '' });
    if (change === 'other') this.#client.renew();
    else if (state !== null) this.#apply({ type: 'seen', seq: this.#memory.seen(state.conversation_id) });
  }

  /** The browser is online or visible again: look whether the line still lives, and what was missed. */
  nudge(): void {
    if (this.conversation.joined) void this.#catchUp.run();
    else if (this.chatConsent.isOpen) this.#client.nudge();
  }

  /** The browser says that it is offline, and a dead line would be noticed late; where the browser is wrong the new line stands at once. */
  doubt(): void {
    if (this.chatConsent.isOpen) this.#client.renew();
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
      if (ack.value.token === token) this.#renewal.joined(known);
      return;
    }
    if (ack.error.code === 'offline') return;
    this.#apply({ type: 'link', link: 'down' });
    this.#timers.later('join', 1000 * (ack.error.retry_after ?? 2) + backoff(0), () => this.#client.renew());
  }

  #welcome(joined: Joined, asked: string | null, carry: boolean): void {
    this.#client.settled();
    this.#keeper.joined(joined, asked);
    this.#apply({ type: 'joined', joined, carry });
    for (const state of this.#early.splice(0)) this.#apply({ type: 'state', state });
    this.#apply({ type: 'seen', seq: this.#memory.seen(joined.state.conversation_id) });
    if (this.#forgetting.joined(joined)) return;
    if (this.chatConsent.joined(joined)) this.#go();
    else void this.#withdrawal.run();
  }

  /** What has waited may be said; what was agreed to before it is taken back first. */
  #go(): void {
    this.#mayGo = true;
    void this.#withdrawal.run().then(() => this.#outbox.resume());
    void this.#identity.tell();
  }

  /** The conversation was deleted, from another tab or by the people behind the hub: the next join says so and begins another. */
  #erased(erased: Erased): void {
    if (this.#forgetting.asking) return;
    this.chatConsent.forget();
    this.#memory.drop();
    this.#apply({ type: 'gone', erased });
    this.#client.renew();
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

  /** A form is agreed to later than what still waits to be taken back, so it goes after that. */
  async #send({ id, event, payload }: Pending): Promise<Ack<Stored>> {
    if (event === 'contact' && (await this.#withdrawal.run()) === 'waiting') return refusal('unavailable');
    return this.#client.call(event, { ...payload, client_msg_id: id } as never) as Promise<Ack<Stored>>;
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
}
