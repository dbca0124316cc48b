import type { Ack, Stored } from '@handraise/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Change, type Conversation, emptyConversation, type Pending, reduce } from './conversation.ts';
import { judge, Outbox } from './outbox.ts';

const refuse = (code: string, retry_after?: number): Ack<Stored> => ({ ok: false, error: { code, message: 'x', retry_after } });
const stored = (seq: number): Ack<Stored> => ({ ok: true, value: { seq, at: 'now' } });

describe('judge', () => {
  const verdict = (ack: Ack<Stored>, event: Pending['event'] = 'message', tries = 0) => judge(event, ack, tries, () => 1);

  it.each([
    ['offline', 'stop'],
    ['timeout', 'renew'],
    ['not_joined', 'renew'],
    ['slow', 'wait'],
    ['too_fast', 'wait'],
    ['unavailable', 'wait'],
    ['internal', 'wait'],
    ['choice_spent', 'dropped'],
    ['invalid', 'refused'],
    ['conflict', 'failed'],
    ['code_of_a_newer_hub', 'failed'],
  ])('%s means %s', (code, what) => {
    expect(verdict(refuse(code)).what).toBe(what);
  });

  it('waits at least as long as it is told, and never for ever', () => {
    expect(verdict(refuse('too_fast', 7))).toEqual({ what: 'wait', ms: 8750 });
    expect(judge('message', refuse('too_fast', 7), 0, () => 0)).toEqual({ what: 'wait', ms: 7000 });
    expect(verdict(refuse('some_new_limit', 1e9))).toEqual({ what: 'wait', ms: 750_000 });
  });

  it('waits longer each time while nothing can be stored', () => {
    const waits = [0, 1, 2, 3, 9].map((tries) => verdict(refuse('unavailable', 2), 'message', tries));
    expect(waits.map((one) => one.what === 'wait' && one.ms)).toEqual([2500, 2500, 4000, 8000, 10_000]);
  });

  it("forgives the hub's own faults a few times, then leaves it to the visitor", () => {
    const after = [0, 2, 3].map((tries) => verdict(refuse('internal'), 'message', tries).what);
    expect(after).toEqual(['wait', 'wait', 'failed']);
  });

  it('brings the form back, and lets stars go', () => {
    expect(verdict(refuse('invalid'), 'contact')).toEqual({ what: 'returned', field: 'email' });
    expect(verdict(refuse('words_changed'), 'contact')).toEqual({ what: 'returned', field: 'consent' });
    expect(verdict(refuse('invalid'), 'rate').what).toBe('dropped');
    expect(verdict(refuse('internal'), 'rate', 3).what).toBe('dropped');
  });
});

/** An outbox over a conversation, with a hub whose answers the test gives one by one. */
class Desk {
  conversation: Conversation = { ...emptyConversation(), joined: true, link: 'up' };
  readonly asked: string[] = [];
  readonly returned: string[] = [];
  lost = 0;
  #answer: (ack: Ack<Stored>) => void = () => undefined;
  readonly outbox = new Outbox({
    ready: () => this.conversation.joined,
    pending: () => this.conversation.pending,
    call: ({ id }) => {
      this.asked.push(id);
      return new Promise((answer) => {
        this.#answer = answer;
      });
    },
    apply: (change) => this.apply(change),
    lost: () => {
      this.lost += 1;
    },
    newId: () => 'new',
    giveBack: ({ id }) => this.returned.push(id),
  });

  apply(change: Change): void {
    this.conversation = reduce(this.conversation, change);
  }

  write(id: string, event: Pending['event'] = 'message'): void {
    const payload = event === 'message' ? { text: id } : {};
    const pending: Pending = { id, event, text: id, payload, conversation: null, at: '', status: 'sending' };
    this.apply({ type: 'queued', pending });
    void this.outbox.flush();
  }

  async answer(ack: Ack<Stored>): Promise<void> {
    this.#answer(ack);
    await vi.advanceTimersByTimeAsync(0);
  }

  get statuses(): string[] {
    return this.conversation.pending.map(({ id, status }) => `${id} ${status}`);
  }
}

describe('the outbox', () => {
  let desk: Desk;

  beforeEach(() => {
    vi.useFakeTimers();
    desk = new Desk();
  });

  afterEach(() => {
    desk.outbox.stop();
    vi.useRealTimers();
  });

  it('sends the next line only when the one before is stored', async () => {
    for (const id of ['a', 'b', 'c']) desk.write(id);
    expect(desk.asked).toEqual(['a']);
    await desk.answer(stored(2));
    expect(desk.asked).toEqual(['a', 'b']);
    await desk.answer(stored(3));
    await desk.answer(stored(4));
    expect(desk.asked).toEqual(['a', 'b', 'c']);
    expect(desk.statuses).toEqual(['a sent', 'b sent', 'c sent']);
  });

  it('lets nothing overtake a line that is put off', async () => {
    desk.write('a');
    await desk.answer(refuse('too_fast', 3));
    desk.write('b');
    expect(desk.statuses).toEqual(['a retrying', 'b sending']);
    await vi.advanceTimersByTimeAsync(2999);
    expect(desk.asked).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(800);
    expect(desk.asked).toEqual(['a', 'a']);
    await desk.answer(stored(2));
    expect(desk.asked).toEqual(['a', 'a', 'b']);
  });

  it('never gives a line up while the hub says "later", for a whole day', async () => {
    desk.write('a');
    const day = Date.now() + 24 * 3_600_000;
    while (Date.now() < day) {
      await desk.answer(refuse('unavailable', 2));
      await vi.advanceTimersByTimeAsync(12_500);
    }
    expect(desk.statuses).toEqual(['a retrying']);
    await desk.answer(stored(2));
    expect(desk.statuses).toEqual(['a sent']);
    expect(new Set(desk.asked)).toEqual(new Set(['a']));
  });

  it('goes round a line that will never be taken, and keeps it', async () => {
    desk.write('a');
    desk.write('b');
    await desk.answer(refuse('invalid'));
    expect(desk.asked).toEqual(['a', 'b']);
    await desk.answer(stored(2));
    expect(desk.statuses).toEqual(['a refused', 'b sent']);
  });

  it('takes another id after a conflict', async () => {
    desk.write('a');
    await desk.answer(refuse('conflict'));
    expect(desk.statuses).toEqual(['new failed']);
    desk.apply({ type: 'again', id: 'new' });
    desk.outbox.resume();
    expect(desk.asked).toEqual(['a', 'new']);
  });

  it('asks for a new line when no answer comes, and sends the same again on it', async () => {
    desk.write('a');
    desk.write('b');
    await desk.answer(refuse('timeout'));
    expect([desk.lost, desk.asked]).toEqual([1, ['a']]);
    desk.outbox.resume();
    await desk.answer(stored(2));
    expect(desk.asked).toEqual(['a', 'a', 'b']);
  });

  it('is silent without a line', async () => {
    desk.apply({ type: 'link', link: 'down' });
    desk.write('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(desk.asked).toEqual([]);
  });

  it('gives the form back before it is shown again', async () => {
    desk.write('f', 'contact');
    await desk.answer(refuse('invalid'));
    expect(desk.returned).toEqual(['f']);
    expect(desk.conversation).toMatchObject({ pending: [], formRefused: 'email' });
    expect(desk.lost).toBe(0);
  });

  it('joins again for the new words when those of the form are no longer asked', async () => {
    desk.write('f', 'contact');
    await desk.answer(refuse('words_changed'));
    expect(desk.returned).toEqual(['f']);
    expect(desk.conversation).toMatchObject({ pending: [], formRefused: 'consent' });
    expect(desk.lost).toBe(1);
  });

  it('goes on when the entry comes instead of its answer', async () => {
    desk.write('a');
    desk.write('b');
    desk.apply({ type: 'dropped', id: 'a' });
    desk.outbox.look();
    await vi.advanceTimersByTimeAsync(0);
    expect(desk.asked).toEqual(['a', 'b']);
  });

  it('makes nothing of a late refusal when the entry has come', async () => {
    desk.write('a');
    desk.apply({ type: 'dropped', id: 'a' });
    await desk.answer(refuse('timeout'));
    expect(desk.lost).toBe(0);
  });

  it('goes on at once on a new line, whatever it was waiting for', async () => {
    desk.write('a');
    await desk.answer(refuse('unavailable', 600));
    desk.outbox.resume();
    expect(desk.asked).toEqual(['a', 'a']);
  });
});
