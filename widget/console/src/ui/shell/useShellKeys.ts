/** Keys of the whole console: a accepts, r replies, ? helps. */
import type { Route } from '../../core/route.ts';
import { useDesk } from '../context.tsx';
import { go, toInbox } from '../hooks.ts';
import { useKeys } from '../keys.ts';
import { useRings } from '../ring/useAlarm.ts';

export function useShellKeys(route: Route, onHelp: () => void): void {
  const desk = useDesk();
  const first = useRings()[0]?.summary.conversation_id;
  const accept = () => {
    const button = document.querySelector<HTMLButtonElement>('[data-accept]:not(:disabled)');
    if (first !== undefined && first !== (route.page === 'inbox' ? route.id : null)) {
      void desk.accept(first).then((taken) => taken && go(toInbox(first)));
    } else button?.click();
  };
  useKeys({
    a: accept,
    r: () => document.querySelector<HTMLTextAreaElement>('textarea[data-composer]')?.focus(),
    '?': onHelp,
  });
}
