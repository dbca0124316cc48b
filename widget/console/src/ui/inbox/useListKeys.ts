/** Keys of the list: j, k and the arrows walk through it, / goes to the search. */
import type { Summary } from '@handraise/protocol';
import { useEffect, type RefObject } from 'react';
import { neighbour } from '../../core/inbox.ts';
import { go, toInbox } from '../hooks.ts';
import { useKeys } from '../keys.ts';

export function useListKeys(rows: readonly Summary[], openId: string | null, search: RefObject<HTMLInputElement | null>): void {
  const step = (by: 1 | -1) => () => {
    const next = neighbour(rows, openId, by);
    if (next !== null) go(toInbox(next), openId === null ? 'push' : 'replace');
  };
  useKeys({ j: step(1), k: step(-1), ArrowDown: step(1), ArrowUp: step(-1), '/': () => search.current?.focus() });
  useEffect(() => {
    if (openId !== null) document.querySelector(`[data-row="${CSS.escape(openId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [openId]);
}
