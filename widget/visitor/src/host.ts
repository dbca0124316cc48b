/** The customer's page as the frame sees it: exact window, exact origin, both ways. */
import type { Page } from '@handraise/protocol';
import { pack, type ToFrame, type ToLoader, type Unchecked, unpack } from './bridge.ts';
import { cleanPage } from './page.ts';

export class Host {
  #origin: string | null = null;

  /** True when the frame is a page of its own, as on a direct link. */
  get standsAlone(): boolean {
    return window.parent === window;
  }

  /**
   * Hear the loader. The first `hello` of the parent window fixes the origin that is heard and spoken to from then on; which pages may
   * be that parent is settled before this script runs, by the `frame-ancestors` of the hub.
   */
  listen(hear: (message: ToFrame) => void): void {
    addEventListener('message', (event) => {
      if (event.source !== window.parent || this.standsAlone) return;
      if (this.#origin !== null && event.origin !== this.#origin) return;
      const message = checkMessage(unpack<ToFrame>(event.data));
      if (message === null || (this.#origin === null && message.type !== 'hello')) return;
      this.#origin = event.origin;
      hear(message);
    });
  }

  tell(message: ToLoader): void {
    if (this.#origin !== null) window.parent.postMessage(pack(message), this.#origin);
  }
}

/** The message with every field of its kind, or null. */
export function checkMessage(raw: Unchecked<ToFrame> | null): ToFrame | null {
  switch (raw?.type) {
    case 'hello': {
      const page = checkPage(raw['page']);
      const { lang, open } = raw;
      return page && typeof lang === 'string' && typeof open === 'boolean' ? { type: 'hello', page, lang, open } : null;
    }
    case 'opened':
      return { type: 'opened', focus: raw['focus'] === true };
    case 'closed':
      return { type: 'closed' };
    case 'page': {
      const page = checkPage(raw['page']);
      return page && { type: 'page', page };
    }
    case 'identify':
      return typeof raw['token'] === 'string' ? { type: 'identify', token: raw['token'] } : null;
    case 'reset':
      return { type: 'reset' };
    default:
      return null;
  }
}

function checkPage(raw: unknown): Page | null {
  const { url, title, referrer } = (raw ?? {}) as Record<string, unknown>;
  if (typeof url !== 'string' || typeof title !== 'string') return null;
  return cleanPage({ url, title, referrer: typeof referrer === 'string' ? referrer : '' });
}
