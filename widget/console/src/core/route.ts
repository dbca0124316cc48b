/** The addresses of the console, below /console: what they mean and how they are written; pure. */
import { EVERYTHING, type AuditFilter } from './audit.ts';

export type Route =
  | { page: 'inbox'; id: string | null; panel: 'talk' | 'lead' }
  | { page: 'settings'; section: string; audit: AuditView }
  | { page: 'leads'; tier: string; stage: string; number: number };

/** What the audit log shows; `pages`: the rows below which each page that was turned to begins, the newest page first. */
export interface AuditView {
  filter: AuditFilter;
  pages: readonly number[];
}
export const NEWEST: AuditView = { filter: EVERYTHING, pages: [] };

const BASE = '/console';

export function readRoute(pathname: string, search: string): Route {
  const [page, id, panel] = pathname.slice(BASE.length).split('/').filter(Boolean).map(decode);
  if (page === 'leads') {
    const query = new URLSearchParams(search);
    const number = Math.max(1, Math.trunc(Number(query.get('page') ?? 1)) || 1);
    return { page: 'leads', tier: query.get('tier') ?? '', stage: query.get('stage') ?? '', number };
  }
  if (page === 'settings') return { page, section: id ?? '', audit: id === 'audit' ? readView(search) : NEWEST };
  return { page: 'inbox', id: id ?? null, panel: panel === 'lead' ? 'lead' : 'talk' };
}

export function writeRoute(route: Route): string {
  if (route.page === 'leads') {
    const query = new URLSearchParams();
    for (const key of ['tier', 'stage'] as const) if (route[key] !== '') query.set(key, route[key]);
    if (route.number > 1) query.set('page', String(route.number));
    return `${BASE}/leads${asked(query)}`;
  }
  if (route.page === 'settings') return `${BASE}/settings/${encodeURIComponent(route.section)}${writeView(route.audit)}`;
  if (route.id === null) return `${BASE}/inbox`;
  return `${BASE}/inbox/${encodeURIComponent(route.id)}${route.panel === 'lead' ? '/lead' : ''}`;
}

function readView(search: string): AuditView {
  const query = new URLSearchParams(search);
  const filter = Object.fromEntries(Object.keys(EVERYTHING).map((key) => [key, query.get(key) ?? ''])) as unknown as AuditFilter;
  const pages = (query.get('below') ?? '').split('.').map(Number);
  return { filter, pages: pages.filter((row) => Number.isSafeInteger(row) && row > 0) };
}

function writeView({ filter, pages }: AuditView): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
  if (pages.length > 0) query.set('below', pages.join('.'));
  return asked(query);
}

function asked(query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
