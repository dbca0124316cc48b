/** The line to the hub: the only file that speaks Socket.IO. What arrives is guarded before anybody sees it. */
import {
  type Ack,
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
  /** The hub does not want this site or version; nothing is tried again. */
  refused(): void;
  entry(entry: Entry): void;
  state(state: ConversationState): void;
  typing(typing: VisitorTyping): void;
}

const ANSWER_TIMEOUT = 10_000;

export class VisitorClient {
  readonly #socket: Socket;

  /** @param origin address of the hub, e.g. `https://chat.example.com` */
  constructor(origin: string, site: string) {
    this.#socket = io(origin + VISITOR_NAMESPACE, {
      autoConnect: false,
      transports: ['websocket'],
      auth: { v: VERSION, site },
      reconnectionDelay: 500,
      reconnectionDelayMax: 10_000,
      randomizationFactor: 0.5,
    });
  }

  start(listener: Listener): void {
    const socket = this.#socket;
    socket.on('connect', () => listener.up());
    socket.on('disconnect', (reason) => {
      listener.down();
      // The hub cut the line (restart, join too late): Socket.IO leaves coming back to us.
      if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500 + Math.random() * 1500);
    });
    socket.on('connect_error', () => (socket.active ? listener.down() : listener.refused()));
    socket.on('entry', (raw: unknown) => hear(parse(VisitorPushes.entry, raw), ({ entry }) => listener.entry(entry)));
    socket.on('state', (raw: unknown) => hear(parse(VisitorPushes.state, raw), (state) => listener.state(state)));
    socket.on('typing', (raw: unknown) => hear(parse(VisitorPushes.typing, raw), (typing) => listener.typing(typing)));
    socket.connect();
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

  /** The line looks dead, or the browser is back: try now rather than later. */
  renew(): void {
    this.#socket.disconnect().connect();
  }

  /** Try at once when waiting to reconnect; a working line stays. */
  nudge(): void {
    if (!this.#socket.connected) this.renew();
  }

  stop(): void {
    this.#socket.off();
    this.#socket.disconnect();
  }
}

function refusal(code: 'offline' | 'timeout'): { ok: false; error: { code: string; message: string } } {
  return { ok: false, error: { code, message: code } };
}

function hear<T>(value: T | null, tell: (value: T) => void): void {
  if (value !== null) tell(value);
}
