/** The line to the hub: the only file that speaks Socket.IO. What arrives is guarded before anybody sees it. */
import {
  type Ack,
  type ConversationState,
  type Entry,
  type Erased,
  parse,
  parseAck,
  Redial,
  VERSION,
  VISITOR_NAMESPACE,
  type VisitorAck,
  VisitorAcks,
  type VisitorEvents,
  VisitorPushes,
  type VisitorTyping,
} from '@handraise/protocol';
import { io, type Socket } from 'socket.io-client';

export interface Listener {
  /** Connected: a join is due. */
  up(): void;
  /** The line is gone; it is tried again by itself. */
  down(): void;
  /** The hub does not want this site or version. It is asked again now and then: whoever runs it may mend that. */
  refused(): void;
  entry(entry: Entry): void;
  state(state: ConversationState): void;
  typing(typing: VisitorTyping): void;
  /** The conversation was deleted. */
  erased(erased: Erased): void;
}

const ANSWER_TIMEOUT = 10_000;
const REFUSED_PAUSE = 30_000;

export class VisitorClient {
  readonly #socket: Socket;
  readonly #redial: Redial;
  #down: () => void = () => undefined;
  /** When something came over the line for the last time. */
  #heard = 0;

  /** @param origin address of the hub, e.g. `https://chat.example.com` */
  constructor(origin: string, site: string) {
    this.#socket = io(origin + VISITOR_NAMESPACE, {
      autoConnect: false,
      transports: ['websocket'],
      auth: { v: VERSION, site },
      // Coming back is done here: the library's pauses gather clients instead of spreading them.
      reconnection: false,
    });
    this.#redial = new Redial(this.#socket, () => this.#down());
  }

  start(listener: Listener): void {
    const socket = this.#socket;
    this.#down = () => listener.down();
    socket.on('connect', () => {
      this.#redial.up();
      listener.up();
    });
    socket.on('disconnect', (reason) => (reason === 'io client disconnect' ? listener.down() : this.#redial.lost()));
    socket.on('connect_error', () => {
      if (socket.active) return this.#redial.lost();
      listener.refused();
      this.#redial.openIn(REFUSED_PAUSE * (1 + Math.random()));
    });
    const heard = () => {
      this.#heard = performance.now();
    };
    socket.onAny(heard);
    socket.io.on('ping', heard);
    socket.on('entry', (raw: unknown) => hear(parse(VisitorPushes.entry, raw), ({ entry }) => listener.entry(entry)));
    socket.on('state', (raw: unknown) => hear(parse(VisitorPushes.state, raw), (state) => listener.state(state)));
    socket.on('typing', (raw: unknown) => hear(parse(VisitorPushes.typing, raw), (typing) => listener.typing(typing)));
    socket.on('erased', (raw: unknown) => hear(parse(VisitorPushes.erased, raw), (erased) => listener.erased(erased)));
    this.#redial.open();
  }

  /** Ask the hub. Without a line the answer is the error `offline`; without one in time `timeout`, or `slow` when the line is alive. */
  call<E extends keyof VisitorEvents>(event: E, payload: VisitorEvents[E]): Promise<Ack<VisitorAck<E>>> {
    if (!this.#socket.connected) return Promise.resolve(refusal('offline'));
    const asked = performance.now();
    return new Promise((resolve) => {
      this.#socket.timeout(ANSWER_TIMEOUT).emit(event, payload, (problem: Error | null, raw: unknown) => {
        if (!problem) this.#heard = performance.now();
        if (problem) resolve(refusal(!this.#socket.connected ? 'offline' : this.#heard > asked ? 'slow' : 'timeout'));
        else resolve(parseAck(VisitorAcks[event], raw) as Ack<VisitorAck<E>>);
      });
    });
  }

  /** Say something that may be lost, like typing. */
  tell<E extends keyof VisitorEvents>(event: E, payload: VisitorEvents[E]): void {
    if (this.#socket.connected) this.#socket.emit(event, payload, () => undefined);
  }

  /** The hub has let us in: the next break begins with short pauses again. */
  settled(): void {
    this.#redial.settled();
  }

  /** The line looks dead: another one, after a moment. */
  lost(): void {
    this.#redial.lost();
  }

  /** Another line now rather than later. */
  renew(): void {
    this.#redial.renew();
  }

  /** Try at once when waiting to reconnect; a working line stays. */
  nudge(): void {
    if (!this.#socket.connected) this.renew();
  }

  stop(): void {
    this.#socket.off();
    this.#redial.close();
  }
}

/** An answer of our own in place of the hub's. */
export function refusal(code: 'offline' | 'timeout' | 'slow' | 'unavailable'): { ok: false; error: { code: string; message: string } } {
  return { ok: false, error: { code, message: code } };
}

function hear<T>(value: T | null, tell: (value: T) => void): void {
  if (value !== null) tell(value);
}
