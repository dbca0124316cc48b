import { describe, expect, it } from 'vitest';
import { EVERYTHING } from './audit.ts';
import { NEWEST, readRoute, writeRoute, type Route } from './route.ts';

const back = (address: string) => {
  const [pathname = '', search = ''] = address.split('?');
  return readRoute(pathname, search);
};

describe('addresses of the console', () => {
  it.each<Route>([
    { page: 'inbox', id: null, panel: 'talk' },
    { page: 'inbox', id: 'a/b', panel: 'lead' },
    { page: 'leads', tier: 'hot', stage: '', number: 3 },
    { page: 'settings', section: 'you', audit: NEWEST },
    { page: 'settings', section: 'audit', audit: NEWEST },
    {
      page: 'settings',
      section: 'audit',
      audit: { filter: { who: 'agent', what: 'erasure', about: 'a&b=c', from: '2026-11-01', to: '2026-11-27' }, pages: [900, 800] },
    },
  ])('reads what it has written: %o', (route) => {
    expect(back(writeRoute(route))).toEqual(route);
  });

  it('writes nothing that does not matter', () => {
    expect(writeRoute({ page: 'settings', section: 'audit', audit: NEWEST })).toBe('/console/settings/audit');
  });

  it('makes the best of addresses that somebody has typed', () => {
    const audit = { filter: { ...EVERYTHING, what: 'erasure' }, pages: [7] };
    expect(readRoute('/console/settings/audit', 'what=erasure&below=x.7.-1.1e99.&odd=1')).toEqual({
      page: 'settings',
      section: 'audit',
      audit,
    });
    expect(readRoute('/console/settings/you', 'what=erasure')).toEqual({ page: 'settings', section: 'you', audit: NEWEST });
  });
});
