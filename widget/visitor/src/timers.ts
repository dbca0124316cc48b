/** What is to happen later, by name: asked for anew it waits anew, and only once. */
export class Timers {
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param delay milliseconds */
  later(name: string, delay: number, act: () => void): void {
    clearTimeout(this.#waiting.get(name));
    this.#waiting.set(name, setTimeout(act, delay));
  }

  /** `later` for one name. */
  named(name: string): (delay: number, act: () => void) => void {
    return (delay, act) => this.later(name, delay, act);
  }

  stop(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }
}
