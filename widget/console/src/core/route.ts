/** The addresses of the console, below /console: what they mean and how they are written; pure. */

export type Route =
  | { page: 'inbox'; id: string | null; panel: 'talk' | 'lead' }
  | { page: 'settings'; section: string }
  | { page: 'leads'; tier: string; stage: string; number: number };

const BASE = '/console';

export function readRoute(pathname: string, search: string): Route {
  const [page, id, panel] = pathname.slice(BASE.length).split('/').filter(Boolean).map(decode);
  if (page === 'leads') {
    const query = new URLSearchParams(search);
    const number = Math.max(1, Math.trunc(Number(query.get('page') ?? 1)) || 1);
    return { page: 'leads', tier: query.get('tier') ?? '', stage: query.get('stage') ?? '', number };
  }
  if (page === 'settings') return { page, section: id ?? '' };
  return { page: 'inbox', id: id ?? null, panel: panel === 'lead' ? 'lead' : 'talk' };
}

export function writeRoute(route: Route): string {
  if (route.page === 'leads') {
    const query = new URLSearchParams();
    for (const key of ['tier', 'stage'] as const) if (route[key] !== '') query.set(key, route[key]);
    if (route.number > 1) query.set('page', String(route.number));
    const text = query.toString();
    return `${BASE}/leads${text === '' ? '' : `?${text}`}`;
  }
  if (route.page === 'settings') return `${BASE}/settings/${encodeURIComponent(route.section)}`;
  if (route.id === null) return `${BASE}/inbox`;
  return `${BASE}/inbox/${encodeURIComponent(route.id)}${route.panel === 'lead' ? '/lead' : ''}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
