/** The socket to the hub's agent namespace; the only file that knows Socket.IO. Everything inbound passes a guard. */
import {
  AGENT_NAMESPACE,
  AgentAcks,
  AgentPushes,
  parse,
  parseAck,
  Redial,
  type Ack,
  type AgentAck,
  type AgentEvents,
  type AgentPush,
} from '@handraise/protocol';
import { io } from 'socket.io-client';

type PushName = keyof typeof AgentPushes;

export interface SocketHandlers {
  onUp(): void;
  onDown(): void;
  onRefused(): void;
  onPush: { [E in PushName]: (push: AgentPush<E>) => void };
}

export interface Link {
  connect(): void;
  close(): void;
  /** The hub has let us in. */
  settled(): void;
  /** Another line now: the browser says that it is back, or that this one cannot be right. */
  renew(): void;
  /** Never rejects: no answer in time is the error `no_answer`. */
  ask<E extends keyof AgentEvents>(event: E, payload: AgentEvents[E]): Promise<Ack<AgentAck<E>>>;
}

const ANSWER_MS = 10_000;
const REFUSED_MS = 3000;
const NO_ANSWER = { code: 'no_answer', message: 'The server did not answer. Check your connection and try again.' };

/** `origin` is empty in the browser: the hub that served the page. */
export function createLink(handlers: SocketHandlers, origin = ''): Link {
  const socket = io(`${origin}${AGENT_NAMESPACE}`, {
    path: '/socket.io/',
    transports: ['websocket'],
    autoConnect: false,
    // Coming back is done by Redial: the library's pauses gather clients instead of spreading them.
    reconnection: false,
  });
  const redial = new Redial(socket, () => handlers.onDown());
  socket.on('connect', () => {
    redial.up();
    handlers.onUp();
  });
  socket.on('disconnect', (reason) => (reason === 'io client disconnect' ? handlers.onDown() : redial.lost()));
  socket.on('connect_error', () => {
    handlers.onRefused();
    if (socket.active) redial.lost();
    else redial.openIn(REFUSED_MS * (1 + Math.random()));
  });
  let heard = 0;
  const hear = () => {
    heard = performance.now();
  };
  socket.onAny(hear);
  socket.io.on('ping', hear);
  for (const name of Object.keys(AgentPushes) as PushName[]) socket.on(name, (raw: unknown) => deliver(handlers, name, raw));
  return {
    connect: () => redial.open(),
    close: () => redial.close(),
    settled: () => redial.settled(),
    renew: () => redial.renew(),
    ask: async (event, payload) => {
      if (!socket.connected) return { ok: false, error: NO_ANSWER };
      const asked = performance.now();
      try {
        const raw: unknown = await socket.timeout(ANSWER_MS).emitWithAck(event, payload);
        hear();
        // The compiler cannot follow that the schema at [event] belongs to this event.
        return parseAck(AgentAcks[event], raw) as Ack<AgentAck<typeof event>>;
      } catch {
        // Not a word since then: the line is dead, though nobody has said so.
        if (socket.connected && heard < asked) redial.lost();
        return { ok: false, error: NO_ANSWER };
      }
    },
  };
}

function deliver<E extends PushName>(handlers: SocketHandlers, name: E, raw: unknown): void {
  const push = parse(AgentPushes[name], raw);
  if (push !== null) handlers.onPush[name](push as AgentPush<E>);
}
