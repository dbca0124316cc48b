/** The line to the hub: the only file that speaks Socket.IO. What arrives is guarded before anybody sees it. */
import {
  type Ack,
  backoff,
  type ConversationState,
  type Entry,
  parse,
  parseAck,
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
}

const ANSWER_TIMEOUT = 10_000;
/** From the first packet to the hub's welcome; the library alone would wait for three quarters of a minute. */
const CONNECT_PATIENCE = 10_000;
const REFUSED_PAUSE = 30_000;

export class VisitorClient {
  readonly #socket: Socket;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #down: () => void = () => undefined;

  /** @param origin address of the hub, e.g. `https://chat.example.com` */
  constructor(origin: string, site: string) {
    this.#socket = io(origin + VISITOR_NAMESPACE, {
      autoConnect: false,
      transports: ['websocket'],
      auth: { v: VERSION, site },
      // Coming back is done here: the library's pauses gather clients instead of spreading them.
      reconnection: false,
    });
  }

  start(listener: Listener): void {
    const socket = this.#socket;
    this.#down = () => listener.down();
    socket.on('connect', () => {
      clearTimeout(this.#timer);
      listener.up();
    });
    socket.on('disconnect', (reason) => (reason === 'io client disconnect' ? listener.down() : this.#retry()));
    socket.on('connect_error', () => {
      if (socket.active) return this.#retry();
      listener.refused();
      this.#openIn(REFUSED_PAUSE * (1 + Math.random()));
    });
    socket.on('entry', (raw: unknown) => hear(parse(VisitorPushes.entry, raw), ({ entry }) => listener.entry(entry)));
    socket.on('state', (raw: unknown) => hear(parse(VisitorPushes.state, raw), (state) => listener.state(state)));
    socket.on('typing', (raw: unknown) => hear(parse(VisitorPushes.typing, raw), (typing) => listener.typing(typing)));
    this.#open();
  }

  /** Ask the hub; without a line the answer is the error `offline`, without an answer in time `timeout`. */
  call<E extends keyof VisitorEvents>(event: E, payload: VisitorEvents[E]): Promise<Ack<VisitorAck<E>>> {
    if (!this.#socket.connected) return Promise.resolve(refusal('offline'));
    return new Promise((resolve) => {
      this.#socket.timeout(ANSWER_TIMEOUT).emit(event, payload, (problem: Error | null, raw: unknown) => {
        if (problem) resolve(refusal(this.#socket.connected ? 'timeout' : 'offline'));
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
    this.#tries = 0;
  }

  /** The line looks dead, or the browser is back: try now rather than later. */
  renew(): void {
    this.#socket.disconnect();
    this.#open();
  }

  /** Try at once when waiting to reconnect; a working line stays. */
  nudge(): void {
    if (!this.#socket.connected) this.renew();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#socket.off();
    this.#socket.disconnect();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#retry(), CONNECT_PATIENCE);
    this.#socket.connect();
  }

  #retry(): void {
    this.#socket.disconnect();
    this.#down();
    this.#openIn(backoff(this.#tries++));
  }

  #openIn(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), delay);
  }
}

function refusal(code: 'offline' | 'timeout'): { ok: false; error: { code: string; message: string } } {
  return { ok: false, error: { code, message: code } };
}

function hear<T>(value: T | null, tell: (value: T) => void): void {
  if (value !== null) tell(value);
}
