/** Small hooks: the address, the time, the width. */
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { NEWEST, readRoute, writeRoute, type AuditView, type Route } from '../core/route.ts';

const MOVED = 'handraise:moved';

/** Go to a page of the console. */
export function go(route: Route, how: 'push' | 'replace' = 'push'): void {
  const address = writeRoute(route);
  if (address === location.pathname + location.search) return;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  dispatchEvent(new Event(MOVED));
}

function onMoved(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(MOVED, listener);
  };
}

export function useRoute(): Route {
  const address = useSyncExternalStore(onMoved, () => location.pathname + location.search);
  const [pathname = '', search = ''] = address.split('?');
  return readRoute(pathname, search);
}

export const toInbox = (id: string | null, panel: 'talk' | 'lead' = 'talk'): Route => ({ page: 'inbox', id, panel });
export const toSettings = (section: string): Route => ({ page: 'settings', section, audit: NEWEST });
export const toAudit = (audit: AuditView): Route => ({ page: 'settings', section: 'audit', audit });
export const toLeads: Route = { page: 'leads', tier: '', stage: '', number: 1 };

/** The time, again every `step` milliseconds. */
export function useNow(step: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), step);
    return () => clearInterval(timer);
  }, [step]);
  return now;
}

export const useIsPhone = (): boolean => useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
export const useIsWide = (): boolean => useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false });
