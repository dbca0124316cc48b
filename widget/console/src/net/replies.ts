/** Replies on their way: one after the other under one `client_msg_id` each, until the hub has them or they are given back to the agent. */
import { backoff, Entries, type ProtocolError } from '@handraise/protocol';
import * as v from 'valibot';
import { readDraft, saveDraft, type Keep } from '../core/keep.ts';
import { lastSeq } from '../core/log.ts';
import type { Pending } from '../core/state.ts';
import type { News } from './desk.ts';
import type { Link } from './socket.ts';
import type { Store } from './store.ts';

const AgentName = v.object({ name: v.string() });
const FAULTS_FORGIVEN = 3;
const LONGEST_WAIT = 600;

/** What the hub will never take from this agent now: the words go back to the draft. */
const GIVEN_BACK = ['not_holder', 'closed', 'not_found', 'forbidden'];

export interface RepliesParts {
  store: Store;
  link: Link;
  tab: Keep;
  /** Ask for what is missing in a conversation. */
  fill: (id: string) => void;
  news: (item: News) => void;
  newId: () => string;
}

export class Replies {
  private readonly busy = new Set<string>();
  private readonly tries = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: RepliesParts) {}

  send(id: string, text: string): Promise<void> {
    const at = new Date().toISOString();
    return this.add(id, { id: this.parts.newId(), text, status: 'sending', problem: null, seq: null, at, ...this.known(id) });
  }

  /** Once more, now that the agent has seen what is there; the same id cannot arrive twice. */
  retry(id: string, pendingId: string): Promise<void> {
    const line = this.line(id, pendingId);
    return line ? this.add(id, { ...line, status: 'sending', problem: null, ...this.known(id) }) : Promise.resolve();
  }

  /** Back into the composer. */
  takeBack(id: string, pendingId: string): string {
    const line = this.line(id, pendingId);
    this.parts.store.dispatch({ type: 'send_dropped', id, pendingId });
    return line?.text ?? '';
  }

  /** Whatever could not be sent, as it was written: who has written in the meantime is noticed by the hub. */
  again(): void {
    clearTimeout(this.timer);
    for (const [id, talk] of Object.entries(this.parts.store.get().talks)) {
      for (const line of talk.pending) if (line.status === 'unsent') void this.add(id, { ...line, status: 'sending', problem: null });
    }
  }

  /** From an earlier page of this tab. */
  restore(id: string, lines: readonly Pending[]): void {
    for (const pending of lines) this.parts.store.dispatch({ type: 'sending', id, pending });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private add(id: string, pending: Pending): Promise<void> {
    this.parts.store.dispatch({ type: 'sending', id, pending });
    return this.flush(id);
  }

  private async flush(id: string): Promise<void> {
    if (this.busy.has(id)) return;
    this.busy.add(id);
    for (let line = this.next(id); line; line = this.next(id)) await this.deliver(id, line);
    this.busy.delete(id);
  }

  private async deliver(id: string, line: Pending): Promise<void> {
    const { text, epoch, seen } = line;
    const ack = await this.parts.link.ask('reply', { conversation_id: id, client_msg_id: line.id, text, epoch, seen_seq: seen });
    if (ack.ok) this.end(id, line, 'sent', null, ack.value.seq);
    else this.refused(id, line, ack.error);
  }

  private refused(id: string, line: Pending, error: ProtocolError): void {
    const { code, retry_after } = error;
    const tries = this.tries.get(line.id) ?? 0;
    const ours = (code === 'internal' || code === 'bad_answer') && tries < FAULTS_FORGIVEN;
    if (code === 'newer_lines') this.heldBack(id, line, error);
    else if (GIVEN_BACK.includes(code)) this.giveBack(id, line, error);
    else if (code === 'no_answer' || code === 'unauthorized' || code === 'unavailable' || retry_after !== undefined || ours) {
      this.tries.set(line.id, tries + 1);
      this.putOff(id);
      const told = 1000 * Math.min(retry_after ?? 0, LONGEST_WAIT) * (1 + Math.random() / 4);
      clearTimeout(this.timer);
      // Without a line nothing is tried: coming back begins with all of it.
      this.timer = setTimeout(() => this.parts.store.get().link === 'online' && this.again(), Math.max(told, backoff(tries)));
    } else {
      this.end(id, line, 'failed', error.message);
      if (code === 'conflict') this.rename(id, line, error.message);
    }
  }

  private heldBack(id: string, line: Pending, error: ProtocolError): void {
    const entries = v.safeParse(Entries, error.data?.['entries']);
    if (entries.success) this.parts.store.dispatch({ type: 'entries', id, entries: entries.output });
    this.parts.fill(id);
    this.end(id, line, 'newer', 'Held back: the visitor has written in the meantime.');
  }

  private giveBack(id: string, line: Pending, error: ProtocolError): void {
    const { store, tab, news } = this.parts;
    saveDraft(tab, id, [readDraft(tab, id), line.text].filter(Boolean).join('\n'));
    store.dispatch({ type: 'send_dropped', id, pendingId: line.id });
    const holder = v.safeParse(AgentName, error.data?.['agent']);
    const message = holder.success ? `${holder.output.name} holds this conversation now.` : error.message;
    news({ type: 'draft_back', id, message: `${message} Your text is kept as a draft.` });
  }

  /** The id was used for something else: the next try takes another one. */
  private rename(id: string, line: Pending, problem: string): void {
    this.parts.store.dispatch({ type: 'send_dropped', id, pendingId: line.id });
    this.parts.store.dispatch({ type: 'sending', id, pending: { ...line, id: this.parts.newId(), status: 'failed', problem } });
  }

  /** Nothing may overtake the line that waits. */
  private putOff(id: string): void {
    for (const line of this.parts.store.get().talks[id]?.pending ?? []) if (line.status === 'sending') this.end(id, line, 'unsent', null);
  }

  private end(
    id: string,
    line: Pending,
    status: Exclude<Pending['status'], 'sending'>,
    problem: string | null,
    seq: number | null = null,
  ): void {
    if (status !== 'unsent') this.tries.delete(line.id);
    this.parts.store.dispatch({ type: 'send_ended', id, pendingId: line.id, status, problem, seq });
  }

  private next(id: string): Pending | undefined {
    return this.parts.store.get().talks[id]?.pending.find((line) => line.status === 'sending');
  }

  private line(id: string, pendingId: string): Pending | undefined {
    return this.parts.store.get().talks[id]?.pending.find((one) => one.id === pendingId);
  }

  /** What the agent has before them. */
  private known(id: string): { epoch: number; seen: number } {
    const talk = this.parts.store.get().talks[id];
    return { epoch: talk?.state?.epoch ?? 0, seen: talk ? lastSeq(talk.log) : 0 };
  }
}
