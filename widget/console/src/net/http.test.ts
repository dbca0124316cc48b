/** What is sent to the hub, and what is made of its answers; `fetch` is the edge of the browser and stands in for the hub. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { contract } from '../test/samples.ts';
import { Anything, Http } from './http.ts';

afterEach(() => vi.unstubAllGlobals());

const { me } = contract('http') as { me: { valid: { me: { csrf: string } } } };
const stale = () => Response.json({ error: { code: 'stale_page', message: 'Load it again.' } }, { status: 403 });

function answers(...list: Response[]) {
  const asked: { url: string; token: string | null }[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ url, token: new Headers(init.headers).get('x-csrf-token') });
    return Promise.resolve(list.shift() ?? Response.error());
  });
  return asked;
}

describe('a change', () => {
  it('carries the token of the session', async () => {
    const asked = answers(Response.json({ ok: true }));
    const http = new Http();
    http.csrf = 'abc';
    expect(await http.send(Anything, 'logout')).toMatchObject({ ok: true });
    expect(asked).toEqual([{ url: '/console/api/logout', token: 'abc' }]);
  });

  it('is sent once more with a new token after a sign-in in another tab', async () => {
    const asked = answers(stale(), Response.json(me.valid.me), Response.json({ ok: true }));
    const http = new Http();
    http.csrf = 'old';
    expect(await http.send(Anything, 'people', { name: 'Nora' })).toMatchObject({ ok: true });
    expect(asked.map((one) => one.token)).toEqual(['old', null, me.valid.me.csrf]);
  });

  it('is not tried for ever', async () => {
    const asked = answers(stale(), Response.json(me.valid.me), stale());
    expect(await new Http().send(Anything, 'people')).toMatchObject({ ok: false, code: 'stale_page' });
    expect(asked).toHaveLength(3);
    const again = answers(stale(), Response.json({}, { status: 401 }));
    expect(await new Http().send(Anything, 'people')).toMatchObject({ ok: false, code: 'stale_page' });
    expect(again).toHaveLength(2);
  });
});
