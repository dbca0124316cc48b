import { expect, it } from 'vitest';
import { checkMessage } from './host.ts';
import { mayFollow } from './loader/page.ts';
import { cleanUrl } from './page.ts';

it.each([
  ['https://x.example/a?utm_source=ads&email=jane%40x.example&token=1#top', 'https://x.example/a'],
  ['https://user:secret@x.example/a', 'https://x.example/a'],
  ['http://localhost:8080/', 'http://localhost:8080/'],
  ['javascript:alert(1)', ''],
  ['not an address', ''],
  ['', ''],
])('%j is told as %j', (address, told) => {
  expect(cleanUrl(address)).toBe(told);
});

it('takes only whole messages of the loader', () => {
  const page = { url: 'https://x.example/?a=1', title: 'X', referrer: '' };
  const cleaned = { ...page, url: 'https://x.example/' };
  expect(checkMessage({ type: 'hello', page, lang: 'de', open: true })).toEqual({ type: 'hello', page: cleaned, lang: 'de', open: true });
  expect(checkMessage({ type: 'hello', page: null, lang: 'de', open: true })).toBeNull();
  expect(checkMessage({ type: 'page', page: { url: 1 } })).toBeNull();
  expect(checkMessage({ type: 'other' } as never)).toBeNull();
  expect(checkMessage(null)).toBeNull();
});

it.each([
  [{}, true],
  [{ globalPrivacyControl: false, doNotTrack: '0' }, true],
  [{ doNotTrack: null }, true],
  [{ globalPrivacyControl: true }, false],
  [{ doNotTrack: '1' }, false],
])('a browser that says %j may be followed: %s', (browser, may) => {
  expect(mayFollow(browser)).toBe(may);
});
