/** Comes back to the hub after a lost line: with growing pauses at random, and with a limit for each try. */
import { redialPause } from './backoff.ts';

/** From the first packet to the hub's welcome; Socket.IO alone would wait for three quarters of a minute. */
const PATIENCE = 10_000;

/** The part of a Socket.IO socket that is used; its own way of coming back is to be switched off. */
export interface Dialled {
  connect(): unknown;
  disconnect(): unknown;
}

export class Redial {
  readonly #socket: Dialled;
  readonly #down: () => void;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param down told when a line is lost or could not be had */
  constructor(socket: Dialled, down: () => void) {
    this.#socket = socket;
    this.#down = down;
  }

  /** Try now; what was waited for is forgotten. */
  open(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.lost(), PATIENCE);
    this.#socket.connect();
  }

  openIn(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), delay);
  }

  /** The line stands. */
  up(): void {
    clearTimeout(this.#timer);
  }

  /** The hub has let us in: after the next break the pauses are short again. */
  settled(): void {
    this.#tries = 0;
  }

  /** The line is gone, or looks dead. */
  lost(): void {
    this.#socket.disconnect();
    this.#down();
    this.openIn(redialPause(this.#tries++));
  }

  /** A new line at once, e.g. because the browser says that it is back. */
  renew(): void {
    this.#socket.disconnect();
    this.open();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#socket.disconnect();
  }
}
