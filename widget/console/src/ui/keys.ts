/** Keys that work everywhere but where somebody writes, or inside of a menu. */
import { useEffect, useRef } from 'react';

type Act = (event: KeyboardEvent) => void;

const WRITES = 'input, textarea, select, [contenteditable="true"]';
const OWN_KEYS = '[role="menu"], [role="dialog"], [role="listbox"]';
/** Where the arrows scroll. */
const SCROLLS = '[role="log"]';

export function useKeys(keys: Readonly<Record<string, Act>>): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const act = current.current[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isBusy(event)) return;
      event.preventDefault();
      act(event);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

function isBusy(event: KeyboardEvent): boolean {
  const at = event.target;
  if (!(at instanceof Element)) return false;
  if (at.closest(WRITES) ?? at.closest(OWN_KEYS)) return true;
  return event.key.startsWith('Arrow') && at.closest(SCROLLS) !== null;
}
