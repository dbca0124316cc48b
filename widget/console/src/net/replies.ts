/** Replies on their way: sent under one `client_msg_id` until the hub has them, or given back to the agent. */
import { Entries, type ProtocolError } from '@handraise/protocol';
import * as v from 'valibot';
import { lastSeq } from '../core/log.ts';
import type { Pending } from '../core/state.ts';
import type { News } from './desk.ts';
import type { Link } from './socket.ts';
import type { Store } from './store.ts';

const AgentName = v.object({ name: v.string() });

export class Replies {
  constructor(
    private readonly store: Store,
    private readonly link: Link,
    private readonly fill: (id: string) => void,
    private readonly news: (item: News) => void,
    private readonly newId: () => string,
  ) {}

  send(id: string, text: string): Promise<void> {
    return this.deliver(id, { id: this.newId(), text, status: 'sending', problem: null, seq: null, at: new Date().toISOString() });
  }

  /** Once more, now that the agent has seen the newer lines or the line is back; the same id cannot arrive twice. */
  retry(id: string, pendingId: string): Promise<void> {
    const line = this.store.get().talks[id]?.pending.find((one) => one.id === pendingId);
    return line ? this.deliver(id, { ...line, status: 'sending', problem: null }) : Promise.resolve();
  }

  /** Back into the composer. */
  takeBack(id: string, pendingId: string): string {
    const line = this.store.get().talks[id]?.pending.find((one) => one.id === pendingId);
    this.store.dispatch({ type: 'send_dropped', id, pendingId });
    return line?.text ?? '';
  }

  /** After a reconnect: whatever could not be sent for want of a connection. */
  again(): void {
    for (const [id, talk] of Object.entries(this.store.get().talks))
      for (const line of talk.pending) if (line.status === 'unsent') void this.retry(id, line.id);
  }

  private async deliver(id: string, line: Pending): Promise<void> {
    const talk = this.store.get().talks[id];
    if (!talk?.state) return;
    this.store.dispatch({ type: 'sending', id, pending: line });
    const payload = { conversation_id: id, client_msg_id: line.id, text: line.text, epoch: talk.state.epoch, seen_seq: lastSeq(talk.log) };
    const ack = await this.link.ask('reply', payload);
    if (ack.ok) this.end(id, line, 'sent', null, ack.value.seq);
    else this.refused(id, line, ack.error);
  }

  private end(
    id: string,
    line: Pending,
    status: Exclude<Pending['status'], 'sending'>,
    problem: string | null,
    seq: number | null = null,
  ): void {
    this.store.dispatch({ type: 'send_ended', id, pendingId: line.id, status, problem, seq });
  }

  private refused(id: string, line: Pending, error: ProtocolError): void {
    if (error.code === 'newer_lines') {
      const entries = v.safeParse(Entries, error.data?.['entries']);
      if (entries.success) this.store.dispatch({ type: 'entries', id, entries: entries.output });
      this.fill(id);
      this.end(id, line, 'newer', 'New lines came in while you were writing.');
    } else if (error.code === 'not_holder') {
      this.store.dispatch({ type: 'send_dropped', id, pendingId: line.id });
      const holder = v.safeParse(AgentName, error.data?.['agent']);
      const message = holder.success
        ? `${holder.output.name} holds this conversation now. Your text is kept as a draft.`
        : `${error.message} Your text is kept as a draft.`;
      this.news({ type: 'draft_back', id, text: line.text, message });
    } else {
      this.end(id, line, error.code === 'no_answer' || error.code === 'unavailable' ? 'unsent' : 'failed', error.message);
    }
  }
}
