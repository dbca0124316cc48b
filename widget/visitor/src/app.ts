/** What the view needs beside the session: whether the window is open, words and clock of the language, sound, colour. */
import type { ToFrame } from './bridge.ts';
import { brandTokens } from './brand.ts';
import { isTheirs, unread } from './conversation.ts';
import type { Host } from './host.ts';
import { type Texts, TEXTS } from './i18n.ts';
import type { Session } from './session.ts';
import { playTone, unlockSound } from './sound.ts';
import type { Memory } from './storage.ts';
import { toTranscript } from './transcript.ts';

const PLAIN_NAMES = new Set(Object.values(TEXTS).map((texts) => texts.assistant));

export class App {
  readonly session: Session;
  readonly memory: Memory;
  readonly texts: Texts;
  readonly language: string;
  readonly host: Host;
  isOpen: boolean;
  /** Set by the view: put the cursor into the composer. */
  focusComposer: () => void = () => undefined;
  /** Set by the view: put these words back into the composer, before what is being written. */
  compose: (text: string) => void = () => undefined;
  readonly #time: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  #told = -1;
  #spoken = false;
  #colour = '';

  constructor(session: Session, memory: Memory, host: Host, language: string, open: boolean) {
    this.session = session;
    this.memory = memory;
    this.host = host;
    this.language = language;
    this.texts = TEXTS[language] as Texts;
    this.isOpen = open;
    // "en" alone would give American clocks to British visitors.
    const locale = navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
    this.#time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
    this.#date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  }

  start(): void {
    const { session } = this;
    session.watch(() => this.#changed());
    session.onTrouble = (text) => this.host.tell({ type: 'trouble', text });
    session.onLine = (entry) => {
      if (!isTheirs(entry) || this.isLooking) return;
      if (this.memory.sound) playTone();
      if (!this.isOpen) this.host.tell({ type: 'preview', text: entry.text.replace(/\s+/gu, ' ').slice(0, 120) });
    };
    addEventListener('pointerdown', unlockSound, { once: true });
    addEventListener('keydown', unlockSound, { once: true });
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.close();
    });
    addEventListener('online', () => session.nudge());
    addEventListener('offline', () => session.doubt());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') session.nudge();
    });
    addEventListener('storage', (event) => {
      if (['token', 'seen', 'agreed'].some((name) => event.key === this.memory.key(name))) session.follow();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#paint());
    session.start();
  }

  /** True when the visitor can see the newest line. */
  get isLooking(): boolean {
    return this.isOpen && document.visibilityState === 'visible';
  }

  hear(message: ToFrame): void {
    switch (message.type) {
      case 'hello':
        break;
      case 'opened':
        this.isOpen = true;
        // On a touch screen the keyboard would cover the greeting.
        if (message.focus && matchMedia('(hover: hover)').matches) this.focusComposer();
        window.dispatchEvent(new Event('handraise:opened'));
        break;
      case 'closed':
        this.isOpen = false;
        break;
      case 'page':
        this.session.visit(message.page);
        break;
      case 'identify':
        this.session.identify(message.token);
        break;
      case 'reset':
        void this.session.reset();
        break;
    }
  }

  close(): void {
    this.host.tell({ type: 'close' });
  }

  /** No to the chat: the window goes, and the page has its peace for this visit. */
  decline(): void {
    this.session.chatConsent.no();
    this.host.tell({ type: 'declined' });
    this.close();
  }

  /** What the bot is called: a name stays what it is, the plain word for it is said in the language of the window. */
  get assistant(): string {
    const theirs = this.session.conversation.site?.assistant ?? '';
    return theirs === '' || PLAIN_NAMES.has(theirs) ? this.texts.assistant : theirs;
  }

  time(at: string): string {
    return isNaN(Date.parse(at)) ? '' : this.#time.format(new Date(at));
  }

  day(at: string): string {
    const days = Math.round((startOfDay(new Date()) - startOfDay(new Date(at))) / 86_400_000);
    if (days === 0) return this.texts.today;
    return days === 1 ? this.texts.yesterday : this.#date.format(new Date(at));
  }

  download(): void {
    const { texts, session } = this;
    const names = { you: texts.you, assistant: this.assistant, agent: texts.agent };
    const text = toTranscript(session.conversation, names, (at) => new Date(at).toLocaleString(this.language));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
    link.download = `chat-${new Date().toISOString().slice(0, 10)}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  #changed(): void {
    const { conversation } = this.session;
    const count = unread(conversation);
    if (count !== this.#told && conversation.joined) {
      this.#told = count;
      this.host.tell({ type: 'unread', count });
    }
    if (!this.#spoken && conversation.entries.some((entry) => entry.author === 'visitor')) {
      this.#spoken = true;
      this.host.tell({ type: 'spoken' });
    }
    const colour = conversation.site?.colour ?? '';
    if (colour !== this.#colour) {
      this.#colour = colour;
      this.#paint();
    }
  }

  #paint(): void {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    for (const [name, value] of Object.entries(brandTokens(this.#colour, dark))) {
      document.documentElement.style.setProperty(name, value);
    }
  }
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
