/** Who is typing where; a lost "off" leaves nobody typing for ever. */
import type { Typing } from '../core/state.ts';
import type { Store } from './store.ts';

const ENDS_MS = 6000;

export class Typists {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly store: Store) {}

  hear(id: string, typing: Typing, on: boolean): void {
    clearTimeout(this.timers.get(id));
    this.store.dispatch({ type: 'typing', id, typing, on });
    if (on)
      this.timers.set(
        id,
        setTimeout(() => this.store.dispatch({ type: 'typing', id, typing, on: false }), ENDS_MS),
      );
  }
}
