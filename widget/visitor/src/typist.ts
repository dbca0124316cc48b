/** Whether the visitor is typing, said to the hub now and then and taken back after a pause. */
const REPEAT = 3000;
const IDLE = 4000;

export class Typist {
  readonly #tell: (on: boolean) => void;
  readonly #later: (delay: number, act: () => void) => void;
  #since = 0;

  constructor(tell: (on: boolean) => void, later: (delay: number, act: () => void) => void) {
    this.#tell = tell;
    this.#later = later;
  }

  /** Something was typed. */
  typed(): void {
    if (Date.now() - this.#since > REPEAT) {
      this.#since = Date.now();
      this.#tell(true);
    }
    this.#later(IDLE, () => this.stop());
  }

  /** What was typed has been sent, or left. */
  stop(): void {
    if (this.#since === 0) return;
    this.#since = 0;
    this.#tell(false);
  }
}
