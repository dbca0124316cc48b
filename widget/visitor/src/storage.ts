/** What the widget remembers in the browser: the token and marks for all tabs, unsent lines and drafts for this tab. */
import type { Pending, PendingEvent } from './conversation.ts';

const A_DAY = 24 * 60 * 60 * 1000;
const EVENTS: readonly string[] = ['message', 'choose', 'contact', 'rate'] satisfies PendingEvent[];

/** Of the composer and of the contact form. */
const DRAFTS = ['message', 'name', 'email', 'contact'];

/** The part of the browser's Storage that is used; a blocked storage is replaced by memory. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function memoryShelf(): Shelf {
  const rows = new Map<string, string>();
  return {
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => void rows.set(key, value),
    removeItem: (key) => void rows.delete(key),
  };
}

/** The browser's storage, or memory when the browser refuses it (private windows, blocked third-party storage). */
export function shelfOr(open: () => Storage): Shelf {
  try {
    const shelf = open();
    shelf.setItem('handraise:try', '1');
    shelf.removeItem('handraise:try');
    return shelf;
  } catch {
    return memoryShelf();
  }
}

export interface Agreed {
  text: string;
  mark: string;
  of: string | null;
}

export interface Withdrawing {
  conversation: string;
  purposes: string[];
}

export class Memory {
  readonly #site: string;
  readonly #shared: Shelf;
  readonly #tab: Shelf;
  readonly #now: () => number;
  /** Rows that the browser did not take: a full or revoked storage must not stop the chat. */
  readonly #unkept = new Map<string, string | null>();

  constructor(site: string, shared: Shelf, tab: Shelf, now: () => number = Date.now) {
    this.#site = site;
    this.#shared = shared;
    this.#tab = tab;
    this.#now = now;
  }

  /** Name of a row; also tells a `storage` event of another tab apart. */
  key(name: string): string {
    return `handraise:${this.#site}:${name}`;
  }

  get token(): string | null {
    return this.#get(this.#shared, 'token');
  }

  /** Keep the token of a conversation, here only when the browser does not take it. */
  keep(token: string, conversation: string): void {
    this.#put(this.#shared, 'of', `${conversation} ${token}`);
    this.#put(this.#shared, 'token', token);
  }

  /** Keep it in place of another one; false, and nothing has changed, when the browser does not take it. */
  replace(token: string, conversation: string): boolean {
    const before = this.token;
    this.keep(token, conversation);
    if (this.#unkept.get('token') !== token && this.token === token) return true;
    if (before !== null) this.keep(before, conversation);
    return false;
  }

  /** Whether the token is of that conversation, as far as is known. */
  isOf(conversation: string): boolean {
    return this.token !== null && this.#get(this.#shared, 'of') === `${conversation} ${this.token}`;
  }

  /** Forget the visitor: whoever uses this browser next is somebody else. */
  forget(): void {
    for (const name of ['token', 'of', 'seen', 'agreed', 'withdraw']) this.#put(this.#shared, name, null);
    for (const name of ['unsent', 'draft:message', 'draft:name', 'draft:email', 'draft:contact']) this.#put(this.#tab, name, null);
  }

  get sound(): boolean {
    return this.#get(this.#shared, 'sound') !== 'off';
  }

  set sound(on: boolean) {
    this.#put(this.#shared, 'sound', on ? null : 'off');
  }

  /** Up to which seq the visitor has looked, in the conversation of that id. */
  seen(conversation: string): number {
    const [id, seq] = (this.#get(this.#shared, 'seen') ?? '').split(' ');
    return id === conversation ? Number(seq) || 0 : 0;
  }

  setSeen(conversation: string, seq: number): void {
    this.#put(this.#shared, 'seen', `${conversation} ${String(seq)}`);
  }

  /** The conversation that is to be deleted as soon as the hub can be asked; of all tabs. */
  get forgetting(): string | null {
    return this.#get(this.#shared, 'forget');
  }

  set forgetting(conversation: string | null) {
    this.#put(this.#shared, 'forget', conversation);
  }

  /** The yes to the chat in this browser, in these words; `of`: the conversation in which the hub has noted it. */
  get agreed(): Agreed | null {
    const row = readJson(this.#get(this.#shared, 'agreed')) as Agreed | null;
    return typeof row?.mark === 'string' && typeof row.text === 'string' ? row : null;
  }

  set agreed(agreed: Agreed | null) {
    this.#put(this.#shared, 'agreed', agreed && JSON.stringify(agreed));
  }

  /** The visitor has said no in this visit. */
  get declined(): boolean {
    return this.#get(this.#tab, 'declined') !== null;
  }

  set declined(on: boolean) {
    this.#put(this.#tab, 'declined', on ? '1' : null);
  }

  /** Consents that are to be taken back as soon as the hub can be asked; of all tabs. */
  get withdrawing(): Withdrawing | null {
    const row = readJson(this.#get(this.#shared, 'withdraw')) as Withdrawing | null;
    return typeof row?.conversation === 'string' && Array.isArray(row.purposes) ? row : null;
  }

  set withdrawing(wish: Withdrawing | null) {
    this.#put(this.#shared, 'withdraw', wish && JSON.stringify(wish));
  }

  /** What was being written and how far was read go with a deleted conversation. */
  drop(): void {
    for (const name of DRAFTS) this.setDraft(name, '');
    this.#put(this.#shared, 'seen', null);
  }

  /** Unsent lines of this tab, newest day only: what is older was given up on. What the hub refused waits for the visitor. */
  get unsent(): Pending[] {
    const rows = readJson(this.#get(this.#tab, 'unsent'));
    if (!Array.isArray(rows)) return [];
    return rows
      .filter(isPending)
      .filter((row) => this.#now() - Date.parse(row.at) < A_DAY)
      .map((row) => ({ ...row, status: row.status === 'failed' || row.status === 'refused' ? row.status : 'sending' }));
  }

  set unsent(rows: readonly Pending[]) {
    const open = rows.filter((row) => row.status !== 'sent');
    this.#put(this.#tab, 'unsent', open.length > 0 ? JSON.stringify(open) : null);
  }

  /** Text being written: the composer's line or a field of the contact form. */
  draft(name: string): string {
    return this.#get(this.#tab, `draft:${name}`) ?? '';
  }

  setDraft(name: string, text: string): void {
    this.#put(this.#tab, `draft:${name}`, text === '' ? null : text);
  }

  #get(shelf: Shelf, name: string): string | null {
    const row = this.#unkept.get(name);
    if (row !== undefined) return row;
    try {
      return shelf.getItem(this.key(name));
    } catch {
      return null;
    }
  }

  #put(shelf: Shelf, name: string, value: string | null): void {
    try {
      if (value === null) shelf.removeItem(this.key(name));
      else shelf.setItem(this.key(name), value);
      this.#unkept.delete(name);
    } catch {
      this.#unkept.set(name, value);
    }
  }
}

function readJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function isPending(row: unknown): row is Pending {
  if (typeof row !== 'object' || row === null) return false;
  const { id, event, text, payload, conversation, at } = row as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    typeof event === 'string' &&
    EVENTS.includes(event) &&
    typeof text === 'string' &&
    typeof payload === 'object' &&
    payload !== null &&
    (conversation === null || typeof conversation === 'string') &&
    typeof at === 'string'
  );
}
