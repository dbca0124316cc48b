/** The script on a customer's page: draws the launcher, brings the frame when it is wanted, and speaks with it. */
import type { Page } from '@handraise/protocol';
import { pack, type ToFrame, type ToLoader, unpack } from './bridge.ts';
import { pickLanguage } from './language.ts';
import { LAUNCHER_TEXTS } from './loader/texts.ts';
import { Launcher } from './loader/launcher.ts';
import { currentPage, mayFollow, NOWHERE, watchPage } from './loader/page.ts';
import { findLook, type Look } from './loader/look.ts';

type Events = 'open' | 'close' | 'unread';
type Listener = (value: number) => void;

export interface HandraiseApi {
  open(): void;
  close(): void;
  toggle(): void;
  /** Hear `open`, `close` or `unread` (with the count); the answer stops it. */
  on(event: Events, listener: Listener): () => void;
  /** Tell the chat which page the visitor is on, where the address does not say it. */
  page(url?: string, title?: string): void;
  /** Say who is logged in: a token that your server has signed (docs/embed.md). */
  identify(token: string): void;
  /** The visitor has signed out: this browser forgets the chat and begins another. */
  reset(): void;
}

declare global {
  interface Window {
    Handraise?: HandraiseApi;
  }
}

class Loader implements HandraiseApi {
  readonly #launcher: Launcher;
  readonly #frameUrl: URL;
  readonly #key: string;
  readonly #lang: string;
  readonly #events = new EventTarget();
  #frame: HTMLIFrameElement | null = null;
  #ready = false;
  #open = false;
  #page: Page;
  #identity = '';
  /** The frame has to forget the chat before anything else. */
  #forget = false;

  constructor(site: string, frameUrl: URL, look: Look) {
    this.#key = `handraise:${site}:`;
    this.#frameUrl = frameUrl;
    this.#page = mayFollow() ? currentPage() : NOWHERE;
    this.#lang = document.documentElement.lang || navigator.language;
    const language = pickLanguage([this.#lang, ...navigator.languages], Object.keys(LAUNCHER_TEXTS));
    const texts = LAUNCHER_TEXTS[language as keyof typeof LAUNCHER_TEXTS];
    this.#launcher = new Launcher(look, texts, {
      toggle: () => this.toggle(),
      open: () => this.open(),
      hideTeaser: () => mark('localStorage', `${this.#key}teaser`, true),
    });
    addEventListener('message', (event) => this.#hear(event));
    if (mayFollow()) watchPage(() => this.#visit(currentPage()));
    this.#begin(look.teaser);
  }

  /** After a page change the window is as it was; a known visitor's frame comes when the page is idle, for the badge. */
  #begin(teaser: string): void {
    if (isMarked('sessionStorage', `${this.#key}open`) && !this.#launcher.isSheet) this.open(false);
    else if (isMarked('localStorage', `${this.#key}spoken`)) setTimeout(() => this.#load(), 1000);
    else if (teaser && !isMarked('localStorage', `${this.#key}teaser`) && !isMarked('sessionStorage', `${this.#key}declined`)) {
      setTimeout(() => {
        if (!this.#open) this.#launcher.showTeaser(teaser);
      }, 4000);
    }
  }

  open(focus = true): void {
    if (this.#open) return;
    this.#open = true;
    this.#load();
    mark('sessionStorage', `${this.#key}open`, true);
    this.#launcher.setOpen(true);
    if (focus) this.#frame?.focus();
    this.#tell({ type: 'opened', focus });
    this.#emit('open', 0);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    mark('sessionStorage', `${this.#key}open`, false);
    this.#launcher.setOpen(false);
    this.#tell({ type: 'closed' });
    this.#emit('close', 0);
  }

  toggle(): void {
    if (this.#open) this.close();
    else this.open();
  }

  on(event: Events, listener: Listener): () => void {
    const hear = (told: Event): void => listener((told as CustomEvent<number>).detail);
    this.#events.addEventListener(event, hear);
    return () => this.#events.removeEventListener(event, hear);
  }

  page(url?: string, title?: string): void {
    if (!mayFollow()) return;
    const page = currentPage();
    this.#visit({ ...page, url: new URL(url ?? '', page.url).href, title: title ?? page.title });
  }

  identify(token: string): void {
    this.#identity = token;
    this.#tell({ type: 'identify', token });
  }

  reset(): void {
    this.#identity = '';
    mark('localStorage', `${this.#key}spoken`, false);
    if (this.#ready) this.#tell({ type: 'reset' });
    else this.#forget = true;
    this.#load();
  }

  #load(): void {
    if (this.#frame !== null) return;
    const frame = this.#launcher.addFrame(this.#frameUrl.href);
    this.#frame = frame;
    frame.addEventListener('load', () => this.#tellAnyway({ type: 'hello', page: this.#page, lang: this.#lang, open: this.#open }));
    setTimeout(() => {
      if (!this.#ready) this.#launcher.showDown();
    }, 10_000);
  }

  #hear(event: MessageEvent): void {
    if (event.origin !== this.#frameUrl.origin || event.source !== this.#frame?.contentWindow) return;
    const message = unpack<ToLoader>(event.data);
    switch (message?.type) {
      case 'ready':
        this.#ready = true;
        this.#launcher.showFrame();
        if (this.#forget) this.#tell({ type: 'reset' });
        if (this.#identity) this.identify(this.#identity);
        if (this.#open) this.#tell({ type: 'opened', focus: document.activeElement === this.#launcher.host });
        break;
      case 'close':
        this.close();
        this.#launcher.focus();
        break;
      case 'unread': {
        const count = Number(message['count']) || 0;
        this.#launcher.setUnread(count);
        this.#emit('unread', count);
        break;
      }
      case 'preview':
        if (!this.#open) this.#launcher.showTeaser(String(message['text']));
        break;
      case 'trouble':
        console.error('Handraise: ' + String(message['text']));
        break;
      case 'declined':
        mark('sessionStorage', `${this.#key}declined`, true);
        break;
      case 'spoken':
        mark('localStorage', `${this.#key}spoken`, true);
        break;
    }
  }

  #visit(page: Page): void {
    this.#page = page;
    this.#tell({ type: 'page', page });
  }

  #tell(message: ToFrame): void {
    if (this.#ready) this.#tellAnyway(message);
  }

  #tellAnyway(message: ToFrame): void {
    this.#frame?.contentWindow?.postMessage(pack(message), this.#frameUrl.origin);
  }

  #emit(event: Events, value: number): void {
    this.#events.dispatchEvent(new CustomEvent(event, { detail: value }));
  }
}

/** Keep or clear a mark in the page's storage; a page that blocks storage still gets its chat, it only forgets. */
function mark(shelf: 'localStorage' | 'sessionStorage', name: string, on: boolean): void {
  try {
    if (on) window[shelf].setItem(name, '1');
    else window[shelf].removeItem(name);
  } catch {
    // Forgotten at the next page.
  }
}

function isMarked(shelf: 'localStorage' | 'sessionStorage', name: string): boolean {
  try {
    return window[shelf].getItem(name) !== null;
  } catch {
    return false;
  }
}

async function start(script: HTMLScriptElement): Promise<void> {
  const site = script.dataset['site'] ?? 'default';
  // The script is at …/widget.js, or at …/widget/HASH.js when its version is pinned.
  const base = script.src.replace(/(\/[0-9a-f]{32})?\.js([?#].*)?$/u, '/');
  const at = (path: string): URL => new URL(`${path}?site=${encodeURIComponent(site)}`, base);
  const look = await findLook(at('site.json'));
  if (look === null) return;
  window.Handraise = new Loader(site, at('frame'), look);
  dispatchEvent(new Event('handraise:ready'));
}

const script = (document.currentScript ?? document.querySelector('script[data-site]')) as HTMLScriptElement | null;
// A page that carries the tag twice has one chat.
const { dataset } = document.documentElement;
if (script !== null && !('handraise' in dataset)) {
  dataset['handraise'] = '';
  void start(script);
}
