/** What an agent can do: every action as an event to the hub, every answer and push as an event to the store. */
import { backoff, type Me, type ProtocolError, type Summary } from '@handraise/protocol';
import type { Keep } from '../core/keep.ts';
import { drafts, saveDraft, saveSeen } from '../core/keep.ts';
import { isUnready } from '../core/permissions.ts';
import { isBehind } from '../core/talk.ts';
import type { Api } from './api.ts';
import { KeptReplies } from './kept.ts';
import { Replies } from './replies.ts';
import type { Link, SocketHandlers } from './socket.ts';
import { online, type Store } from './store.ts';
import { Typists } from './typists.ts';

/** Things worth a word to the agent that are no state. */
export type News =
  | { type: 'taken'; summary: Summary; by: string }
  | { type: 'missed'; summary: Summary }
  | { type: 'problem'; message: string }
  | { type: 'draft_back'; id: string; message: string };

export interface DeskParts {
  store: Store;
  api: Pick<Api, 'me' | 'logout'>;
  makeLink: (handlers: SocketHandlers) => Link;
  keep: Keep;
  /** Drafts and unsent replies; forgotten on signing out, kept when a session ends by itself. */
  tab: Keep;
  /** Tell the other tabs of this browser that this call is to wait. */
  tellLater: (id: string) => void;
  news: (item: News) => void;
  newId: () => string;
}

const RETURN_MS = 10_000;
/** Whose drafts and unsent replies this tab keeps. */
const WRITER = 'writer';

export class Desk {
  readonly replies: Replies;
  private readonly kept: KeptReplies;
  private readonly link: Link;
  private readonly store: Store;
  private openId: string | null = null;
  private readonly opening = new Set<string>();
  private readonly typists: Typists;

  constructor(private readonly parts: DeskParts) {
    this.store = parts.store;
    this.link = this.watched(parts.makeLink(this.handlers()));
    this.typists = new Typists(this.store);
    this.kept = new KeptReplies(this.store, parts.tab);
    const { store, tab, news, newId } = parts;
    this.replies = new Replies({ store, link: this.link, tab, news, newId, fill: (id) => void this.fill(id) });
  }

  /** Find out who is signed in; then connect. */
  async start(): Promise<void> {
    const answer = await this.parts.api.me();
    if (answer.ok) this.enter(answer.value.me);
    else if (answer.status === 401) this.store.dispatch({ type: 'signed_out', expired: false });
    else setTimeout(() => void this.start(), 3000);
  }

  /** Signed in: with a new session the socket is made anew. */
  enter(me: Me): void {
    const { tab } = this.parts;
    // Somebody else at this tab has nothing to do with what was being written.
    if ((tab.get(WRITER) ?? me.id) !== me.id) this.forget();
    tab.set(WRITER, me.id);
    this.store.dispatch({ type: 'signed_in', me });
    // The hub would let nobody join who has yet to set up a second factor, and nobody is called who has no name.
    if (isUnready(me)) this.link.close();
    else this.link.renew();
  }

  /** The browser is back or is looked at again. */
  nudge(): void {
    const { link, session } = this.store.get();
    if (session !== 'in' || isUnready(this.store.get().me)) return;
    if (link !== 'online') this.link.renew();
    else if (this.openId !== null) void this.open(this.openId);
  }

  /** The browser says that it is offline, and a dead line would be noticed late; where the browser is wrong the new line stands at once. */
  doubt(): void {
    if (this.store.get().link === 'online') this.link.renew();
  }

  async signOut(): Promise<void> {
    this.link.close();
    await this.parts.api.logout();
    this.forget();
  }

  private forget(): void {
    this.replies.stop();
    this.parts.tab.clear('draft.');
    this.parts.tab.set(WRITER, null);
    this.kept.forget();
    this.store.dispatch({ type: 'signed_out', expired: false });
  }

  /** Show a conversation; `null` shows none. The one shown before is left. */
  async show(id: string | null): Promise<void> {
    const before = this.openId;
    this.openId = id;
    if (before !== null && before !== id) void this.link.ask('leave', { conversation_id: before });
    if (id !== null) await this.open(id);
  }

  /** Ask for everything that is missing here, until nothing is. */
  async open(id: string): Promise<void> {
    if (this.opening.has(id)) return;
    this.opening.add(id);
    this.store.dispatch({ type: 'opening', id });
    try {
      for (;;) {
        const before = this.lastSeq(id);
        const answered = await this.openOnce(id);
        if (!answered || !this.behind(id) || this.lastSeq(id) === before) break;
      }
    } finally {
      this.opening.delete(id);
    }
  }

  /** Read a conversation without staying in it: a ring wants its reasons. */
  async peek(id: string): Promise<void> {
    if (this.openId === id) return;
    await this.open(id);
    if (this.openId !== id) void this.link.ask('leave', { conversation_id: id });
  }

  private async openOnce(id: string): Promise<boolean> {
    const ack = await this.link.ask('open', { conversation_id: id, last_seq: this.lastSeq(id) });
    if (ack.ok) this.store.dispatch({ type: 'opened', id, ...ack.value });
    // While the line is down the banner says so, and the conversation is opened again on return.
    else if (ack.error.code !== 'no_answer' || this.store.get().link === 'online')
      this.store.dispatch({ type: 'open_failed', id, problem: ack.error.message });
    if (!ack.ok && ack.error.code === 'not_found') this.dropWords(id);
    if (!ack.ok && ack.error.retry_after !== undefined) this.openLater(id, 1000 * ack.error.retry_after);
    return ack.ok;
  }

  private openLater(id: string, ms: number): void {
    setTimeout(() => id === this.openId && void this.open(id), ms + backoff(0));
  }

  /** A click while the line is down for a moment counts: it waits until the hub has let us in again. */
  async accept(id: string): Promise<boolean> {
    await online(this.store, RETURN_MS);
    const ack = await this.link.ask('accept', { conversation_id: id });
    if (ack.ok) this.store.dispatch({ type: 'state', id, state: ack.value.state });
    if (ack.ok || ack.error.code === 'taken') this.store.dispatch({ type: 'ring_stop', id });
    if (!ack.ok) this.fail(ack.error);
    return ack.ok;
  }

  handBack = (id: string): Promise<boolean> => this.give(id, 'hand_back');
  close = (id: string): Promise<boolean> => this.give(id, 'close');

  private async give(id: string, what: 'hand_back' | 'close'): Promise<boolean> {
    const epoch = this.store.get().talks[id]?.state?.epoch ?? this.store.get().inbox[id]?.epoch ?? 0;
    const ack = await this.link.ask(what, { conversation_id: id, epoch });
    if (ack.ok) this.store.dispatch({ type: 'state', id, state: ack.value.state });
    else this.fail(ack.error);
    return ack.ok;
  }

  async setAvailable(on: boolean): Promise<void> {
    const ack = await this.link.ask('available', { on });
    const { me, agents } = this.store.get();
    if (!ack.ok) this.fail(ack.error);
    else if (me)
      this.store.dispatch({
        type: 'agents',
        agents: [...agents.filter((row) => row.id !== me.id), { id: me.id, name: me.name, available: on }],
      });
  }

  /** The hub reads the words again; the answer is null when it worked, otherwise what is wrong with them. */
  async correct(id: string, slot: string, text: string): Promise<string | null> {
    const ack = await this.link.ask('correct', { conversation_id: id, slot, text });
    if (ack.ok) this.store.dispatch({ type: 'lead', id, lead: ack.value.lead });
    return ack.ok ? null : ack.error.message;
  }

  typing(id: string, on: boolean): void {
    void this.link.ask('typing', { conversation_id: id, on });
  }

  later(id: string): void {
    this.laterElsewhere(id);
    this.parts.tellLater(id);
  }

  /** Another tab of this browser was told to wait. */
  laterElsewhere(id: string): void {
    this.store.dispatch({ type: 'later', id });
  }

  /** The conversation is on screen down to its last entry. */
  seen(id: string): void {
    const seq = Math.max(this.lastSeq(id), this.store.get().talks[id]?.state?.last_seq ?? 0);
    const before = this.store.get().seen;
    this.store.dispatch({ type: 'seen', id, seq });
    if (this.store.get().seen !== before) saveSeen(this.parts.keep, this.store.get().seen);
  }

  /** Any answer may say that the session has ended. */
  private watched(link: Link): Link {
    const ask: Link['ask'] = async (event, payload) => {
      const ack = await link.ask(event, payload);
      if (!ack.ok && ack.error.code === 'unauthorized') this.signedOut();
      return ack;
    };
    return { ...link, ask };
  }

  private async fill(id: string): Promise<void> {
    if (this.behind(id)) await this.open(id);
  }

  private lastSeq(id: string): number {
    return this.store.get().talks[id]?.log.entries.at(-1)?.seq ?? 0;
  }

  private behind(id: string): boolean {
    const talk = this.store.get().talks[id];
    return talk !== undefined && isBehind(talk);
  }

  private fail(error: ProtocolError): void {
    this.parts.news({ type: 'problem', message: error.message });
  }

  private async join(): Promise<void> {
    const ack = await this.link.ask('join', {});
    if (!ack.ok) {
      const ms = Math.max(1000 * (ack.error.retry_after ?? 0), backoff(1));
      return void setTimeout(() => this.store.get().link !== 'online' && this.store.get().session === 'in' && this.link.renew(), ms);
    }
    this.link.settled();
    this.store.dispatch({ type: 'joined', ...ack.value });
    if (this.openId !== null) await this.open(this.openId);
    await this.takeUp();
    await this.lookAfterDrafts();
    this.replies.again();
  }

  /** Unsent replies that an earlier page of this tab left: each needs its conversation open. */
  private async takeUp(): Promise<void> {
    for (const id of this.kept.ids()) {
      if (this.store.get().talks[id]?.status !== 'ready') await this.peek(id);
      if (this.store.get().talks[id]?.status === 'ready') this.replies.restore(id, this.kept.take(id));
    }
  }

  /** What was written for a visitor who was forgotten while this browser was away goes now: the hub has no such conversation any more. */
  private async lookAfterDrafts(): Promise<void> {
    for (const id of drafts(this.parts.tab)) if (!(id in this.store.get().inbox)) await this.peek(id);
  }

  /** The session has ended by itself; drafts and open conversations stay. */
  signedOut(): void {
    this.replies.stop();
    this.link.close();
    this.store.dispatch({ type: 'signed_out', expired: true });
  }

  /** Drafts and unsent replies go with the conversation. */
  private dropWords(id: string): void {
    saveDraft(this.parts.tab, id, '');
    this.kept.take(id);
  }

  private erased(id: string): void {
    this.dropWords(id);
    this.store.dispatch({ type: 'erased', id });
    saveSeen(this.parts.keep, this.store.get().seen);
  }

  private handlers(): SocketHandlers {
    const { dispatch } = this.store;
    return {
      onUp: () => void this.join(),
      onDown: () => dispatch({ type: 'link', link: 'offline' }),
      onRefused: () => {
        dispatch({ type: 'link', link: 'offline' });
        void this.parts.api.me().then((answer) => !answer.ok && answer.status === 401 && this.signedOut());
      },
      onPush: {
        summary: (summary) => {
          dispatch({ type: 'summary', summary });
          this.catchUp(summary.conversation_id, summary.last_seq);
        },
        ring: ({ summary }) => dispatch({ type: 'ring', summary }),
        ring_stop: ({ conversation_id, reason, by }) => {
          const summary = this.store.get().inbox[conversation_id];
          const rang = conversation_id in this.store.get().rings;
          dispatch({ type: 'ring_stop', id: conversation_id });
          if (!rang || !summary) return;
          if (reason === 'accepted' && by && by.id !== this.store.get().me?.id) this.parts.news({ type: 'taken', summary, by: by.name });
          if (reason === 'missed') this.parts.news({ type: 'missed', summary });
        },
        entry: ({ conversation_id, entry }) => {
          dispatch({ type: 'entries', id: conversation_id, entries: [entry] });
          this.catchUp(conversation_id, entry.seq);
        },
        state: (state) => {
          dispatch({ type: 'state', id: state.conversation_id, state });
          this.catchUp(state.conversation_id, state.last_seq);
        },
        typing: ({ conversation_id, who, name, on }) => this.typists.hear(conversation_id, { who, name }, on),
        lead: ({ conversation_id, lead }) => dispatch({ type: 'lead', id: conversation_id, lead }),
        agents: ({ agents }) => dispatch({ type: 'agents', agents }),
        signed_out: () => this.signedOut(),
        erased: ({ conversation_id }) => this.erased(conversation_id),
      },
    };
  }

  /** A gap in the open conversation is filled from the hub; entries under way get a moment to arrive by themselves. */
  private catchUp(id: string, known: number): void {
    if (id !== this.openId || known <= this.lastSeq(id)) return;
    setTimeout(() => id === this.openId && known > this.lastSeq(id) && void this.open(id), 300);
  }
}
