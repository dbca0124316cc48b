/** The socket to the hub's agent namespace; the only file that knows Socket.IO. Everything inbound passes a guard. */
import {
  AGENT_NAMESPACE,
  AgentAcks,
  AgentPushes,
  parse,
  parseAck,
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
  /** Never rejects: no answer in time is the error `no_answer`. */
  ask<E extends keyof AgentEvents>(event: E, payload: AgentEvents[E]): Promise<Ack<AgentAck<E>>>;
}

const ANSWER_MS = 10_000;
const NO_ANSWER = { code: 'no_answer', message: 'The server did not answer. Check your connection and try again.' };

/** `origin` is empty in the browser: the hub that served the page. */
export function createLink(handlers: SocketHandlers, origin = ''): Link {
  const socket = io(`${origin}${AGENT_NAMESPACE}`, {
    path: '/socket.io/',
    transports: ['websocket'],
    autoConnect: false,
    reconnectionDelay: 500,
    reconnectionDelayMax: 8000,
    randomizationFactor: 0.5,
  });
  socket.on('connect', () => handlers.onUp());
  socket.on('disconnect', (reason) => {
    handlers.onDown();
    // After a cut by the server the client does not come back by itself.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 1000 + Math.random() * 2000);
  });
  socket.on('connect_error', () => {
    handlers.onRefused();
    // A refusal by the namespace is not retried by the client; a network failure is.
    if (!socket.active) setTimeout(() => socket.connect(), 3000 + Math.random() * 3000);
  });
  for (const name of Object.keys(AgentPushes) as PushName[]) socket.on(name, (raw: unknown) => deliver(handlers, name, raw));
  return {
    connect: () => void socket.connect(),
    close: () => void socket.disconnect(),
    ask: async (event, payload) => {
      if (!socket.connected) return { ok: false, error: NO_ANSWER };
      try {
        const raw: unknown = await socket.timeout(ANSWER_MS).emitWithAck(event, payload);
        // The compiler cannot follow that the schema at [event] belongs to this event.
        return parseAck(AgentAcks[event], raw) as Ack<AgentAck<typeof event>>;
      } catch {
        return { ok: false, error: NO_ANSWER };
      }
    },
  };
}

function deliver<E extends PushName>(handlers: SocketHandlers, name: E, raw: unknown): void {
  const push = parse(AgentPushes[name], raw);
  if (push !== null) handlers.onPush[name](push as AgentPush<E>);
}
