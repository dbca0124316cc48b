import { describe, expect, it } from 'vitest';
import { linkify } from './linkify.ts';

const hrefs = (text: string): string[] => linkify(text).flatMap((piece) => (piece.href === undefined ? [] : [piece.href]));

const HOSTILE = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://x.example/1',
  '<a href="javascript:alert(1)">x</a>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  'http://javascript:alert(1)',
  'https://bank.example@evil.example/login',
  'https://user:pass@evil.example/',
  'mailto:a@b.example?cc=everyone@corp.example&body=x',
  'https://',
  'http:///',
  'www.',
  '@@@@',
  '\u202Ehttps://x\u0000',
  `${'a'.repeat(20_000)}@`,
  `https://${'x'.repeat(5000)}`,
];

describe('linkify', () => {
  it.each([
    ['see https://example.com/a?b=1#c.', 'https://example.com/a?b=1#c'],
    ['(https://en.wikipedia.org/wiki/Chat_(software))', 'https://en.wikipedia.org/wiki/Chat_(software)'],
    ['www.example.com/x, then', 'https://www.example.com/x'],
    ['write to jane.doe+x@mail.example.com!', 'mailto:jane.doe+x@mail.example.com'],
    ['HTTP://EXAMPLE.COM', 'http://example.com/'],
    ['http://localhost:8080/a', 'http://localhost:8080/a'],
    ['https://例え.テスト/道', 'https://xn--r8jz45g.xn--zckzah/%E9%81%93'],
  ])('finds the link in %j', (text, href) => {
    expect(hrefs(text)).toEqual([href]);
  });

  it.each(HOSTILE)('never makes a dangerous address of %j', (text) => {
    for (const href of hrefs(text)) {
      const url = new URL(href);
      expect(['http:', 'https:', 'mailto:']).toContain(url.protocol);
      expect(url.username + url.password).toBe('');
      expect(url.protocol === 'mailto:' ? url.search : '').toBe('');
    }
  });

  it.each(HOSTILE.slice(0, 8))('makes no link at all of %j', (text) => {
    expect(hrefs(text).filter((href) => !href.startsWith('https://x.example'))).toEqual([]);
  });

  it.each([...HOSTILE, 'plain', '', 'a https://b.example c@d.example e'])('keeps every character of %j', (text) => {
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});
