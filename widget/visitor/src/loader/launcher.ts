/** Launcher, badge, teaser and window on the customer's page, in a shadow root that the page's styles do not reach. */
import type { Look } from './look.ts';
import { css } from './style.ts';

export interface LauncherTexts {
  chat: string;
  open: string;
  close: string;
  unread: string;
  down: string;
}

interface Acts {
  toggle(): void;
  open(): void;
  hideTeaser(): void;
}

const BUBBLE =
  'M12 3.2c-5.2 0-9.2 3.5-9.2 8 0 2.5 1.3 4.7 3.3 6.2-.1 1-.5 2-1.2 2.9-.2.3 0 .7.4.7 1.9-.1 3.5-.8 4.7-1.7.6.1 1.3.2 2 .2 5.2 0 9.2-3.6 9.2-8.1s-4-8.2-9.2-8.2Z';
const CROSS = 'm7 7 10 10M17 7 7 17';

export class Launcher {
  readonly host = document.createElement('handraise-chat');
  readonly #texts: LauncherTexts;
  readonly #acts: Acts;
  readonly #button: HTMLButtonElement;
  readonly #badge = element('span', 'badge');
  readonly #panel = element('div', 'panel');
  readonly #teaser = element('div', 'teaser');
  #unread = 0;
  #open = false;

  constructor(look: Look, texts: LauncherTexts, acts: Acts) {
    this.#texts = texts;
    this.#acts = acts;
    const root = this.host.attachShadow({ mode: 'open' });
    // A constructed sheet passes every style-src of the page's Content-Security-Policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.#button = button('launcher', icon('bubble', BUBBLE), icon('cross', CROSS), this.#badge);
    this.#button.addEventListener('click', () => acts.toggle());
    this.#button.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#open) acts.toggle();
    });
    this.#badge.hidden = true;
    this.#teaser.hidden = true;
    const wrap = element('div', 'wrap');
    wrap.dir = look.isLeft ? 'rtl' : 'ltr';
    wrap.style.setProperty('--brand', look.colour);
    wrap.style.setProperty('--ink', look.ink);
    wrap.append(this.#panel, this.#teaser, this.#button);
    root.append(wrap);
    this.#label();
    document.body.append(this.host);
    // The keyboard of a phone covers the sheet unless it follows the part of the page that can be seen.
    visualViewport?.addEventListener('resize', () => this.#fit());
  }

  /** True where the window covers the whole page: phones and very low windows. */
  get isSheet(): boolean {
    return matchMedia('(max-width: 480px), (max-height: 480px)').matches;
  }

  addFrame(url: string): HTMLIFrameElement {
    const frame = document.createElement('iframe');
    frame.title = this.#texts.chat;
    frame.allow = 'autoplay';
    frame.src = url;
    this.#panel.append(frame);
    return frame;
  }

  showFrame(): void {
    this.#panel.querySelector('p')?.remove();
    this.#panel.classList.add('ready');
  }

  /** The frame did not come: say so instead of an empty window. */
  showDown(): void {
    const note = element('p', 'down');
    note.textContent = this.#texts.down;
    this.#panel.prepend(note);
  }

  setOpen(open: boolean): void {
    this.#open = open;
    this.#panel.classList.toggle('open', open);
    this.#button.classList.toggle('open', open);
    this.#teaser.hidden = true;
    this.#label();
    this.#fit();
  }

  setUnread(count: number): void {
    this.#unread = count;
    this.#badge.hidden = count === 0;
    this.#badge.textContent = count > 9 ? '9+' : String(count);
    this.#label();
  }

  showTeaser(text: string): void {
    const words = button('words');
    words.textContent = text;
    words.dir = 'auto';
    words.addEventListener('click', () => this.#acts.open());
    const hide = button('hide', icon('', CROSS));
    hide.ariaLabel = this.#texts.close;
    hide.addEventListener('click', () => {
      this.#teaser.hidden = true;
      this.#acts.hideTeaser();
      this.focus();
    });
    this.#teaser.replaceChildren(words, hide);
    this.#teaser.hidden = false;
  }

  focus(): void {
    this.#button.focus({ preventScroll: true });
  }

  #label(): void {
    const unread = this.#unread > 0 && !this.#open ? `, ${this.#unread} ${this.#texts.unread}` : '';
    this.#button.ariaLabel = (this.#open ? this.#texts.close : this.#texts.open) + unread;
    this.#button.ariaExpanded = String(this.#open);
  }

  #fit(): void {
    const view = visualViewport;
    const covered = this.#open && this.isSheet && view !== null && view.scale === 1 && view.height < innerHeight - 60;
    this.#panel.style.height = covered ? `${view.height}px` : '';
    this.#panel.style.top = covered ? `${view.offsetTop}px` : '';
  }
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function button(className: string, ...children: Node[]): HTMLButtonElement {
  const made = element('button', className);
  made.type = 'button';
  made.append(...children);
  return made;
}

function icon(className: string, path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', className);
  const drawn = document.createElementNS(space, 'path');
  drawn.setAttribute('d', path);
  svg.append(drawn);
  return svg;
}
