/** The desk and its state for the components below. */
import { createContext, use, useSyncExternalStore, type ReactNode } from 'react';
import type { Keep } from '../core/keep.ts';
import type { DeskState } from '../core/state.ts';
import type { AccountApi } from '../net/account.ts';
import type { Api } from '../net/api.ts';
import type { AuditApi } from '../net/audit.ts';
import type { Desk, News } from '../net/desk.ts';
import type { Store } from '../net/store.ts';
import type { Alerts } from './ring/alerts.ts';
import type { Desktop } from './ring/desktop.ts';

export interface Services {
  store: Store;
  desk: Desk;
  api: Api;
  account: AccountApi;
  audit: AuditApi;
  /** Drafts: this tab only. */
  tab: Keep;
  /** Settings of this browser. */
  browser: Keep;
  alerts: Alerts;
  desktop: Desktop;
  /** Hear of news; the answer stops it. */
  onNews(listener: (item: News) => void): () => void;
}

const Context = createContext<Services | null>(null);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <Context value={services}>{children}</Context>;
}

export function useServices(): Services {
  const services = use(Context);
  if (!services) throw new Error('outside of ServicesProvider');
  return services;
}

export const useDesk = (): Desk => useServices().desk;

/** A part of the state; `pick` must give the same thing for the same state. */
export function useDeskState<T>(pick: (state: DeskState) => T): T {
  const { store } = useServices();
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
