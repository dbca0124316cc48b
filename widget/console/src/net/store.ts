/** A place for the state that tells its listeners; nothing more. */
import { reduce } from '../core/reducer.ts';
import type { DeskEvent, DeskState } from '../core/state.ts';

export interface Store {
  get(): DeskState;
  dispatch(event: DeskEvent): void;
  subscribe(listener: () => void): () => void;
}

export function createStore(initial: DeskState): Store {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch(event) {
      const next = reduce(state, event);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Resolves once the hub has let us in, or after `ms`, whichever comes first. */
export function online(store: Store, ms: number): Promise<void> {
  if (store.get().link === 'online') return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      if (store.get().link === 'online') done();
    });
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}
