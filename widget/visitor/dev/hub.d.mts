import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';

interface Chat {
  token: string;
  agreed?: boolean;
  entries: { text: string }[];
}

export function makeHub(options?: { pageCsp?: boolean }): {
  http: HttpServer;
  io: Server;
  conversations: Map<string, Chat>;
  chatConsent: { words: { text: string; mark: string } | null };
  received: [event: string, payload: unknown][];
  faults: {
    refuse: (event: string) => { code: string; message: string; retry_after?: number } | null;
    mute: (event: string) => boolean;
    hold: () => boolean;
  };
  renewal: { on: boolean; waiting: Map<string, string> };
  cut: () => void;
  newest: () => Chat | undefined;
  add: (chat: Chat | undefined, kind: string, author: string, text: string) => void;
};
