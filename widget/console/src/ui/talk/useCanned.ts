/** Canned replies in the composer: what matches, which one is picked, and the keys that choose. */
import type { Me } from '@handraise/protocol';
import { useState, type KeyboardEvent } from 'react';
import { cannedQuery, findCanned, readCanned, type Canned } from '../../core/canned.ts';
import { useServices } from '../context.tsx';

export interface CannedState {
  /** What was typed after the slash; null when nothing is looked for. */
  query: string | null;
  found: readonly Canned[];
  picked: number;
  reset: () => void;
  /** True when the key was for the list. */
  onKey: (event: KeyboardEvent) => boolean;
}

export function useCanned(text: string, me: Me | null, blocked: boolean, insert: (item: Canned) => void): CannedState {
  const { browser } = useServices();
  const [place, setPlace] = useState(0);
  const query = blocked ? null : cannedQuery(text);
  const found = query === null || !me ? [] : findCanned(readCanned(browser, me.id), query);
  const picked = Math.max(0, Math.min(place, found.length - 1));
  const onKey = (event: KeyboardEvent): boolean => {
    const chosen = found[picked];
    if (!chosen) return false;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? found.length - 1 : 0;
    if (step > 0) setPlace((picked + step) % found.length);
    else if (event.key === 'Enter' || event.key === 'Tab') insert(chosen);
    else return false;
    event.preventDefault();
    return true;
  };
  return { query, found, picked, reset: () => setPlace(0), onKey };
}
