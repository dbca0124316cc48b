import { describe, expect, it } from 'vitest';
import { isPhone, linkify } from './linkify.ts';

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
    ['call tel:+49-30-1234567.', 'tel:+49301234567'],
    ['tel:(030)123-45', 'tel:03012345'],
    ['TEL:112!', 'tel:112'],
    ['ring +49 (0)30 / 1234-567, please', 'tel:+49301234567'],
    ['(+33 1 42 68 53 00)', 'tel:+33142685300'],
    ['‏+966 11 123 4567‏', 'tel:+966111234567'],
    ['https://例え.テスト/道', 'https://xn--r8jz45g.xn--zckzah/%E9%81%93'],
  ])('finds the link in %j', (text, href) => {
    expect(hrefs(text)).toEqual([href]);
  });

  it.each([
    'tel:javascript:alert(1)',
    'tel:+49301234567;phone-context=evil.example',
    'tel:+49301234567;ext=1',
    'tel:*#06#',
    'tel:*21*+49301234567#',
    'tel:+49301234567#31',
    'tel:+49301234567?body=x',
    'tel:+49301234567%0d%0aX',
    'tel:+49301234567,,1234',
    'tel:<script>alert(1)</script>',
    'tel:٠٣٠١٢٣٤٥',
    'tel:12',
    'tel:',
    'hotel:+49301234567x',
    'tel:+1234567890123456',
    '+4111 1111 1111 1111',
    'up by +10 000 000 EUR',
    'a + 123456789',
    'x+493012345678',
    '+493012345678x',
    '++493012345678',
    '1+493012345678',
    '2026-11-27 10:30:00',
  ])('makes no telephone link of %j', (text) => {
    expect(hrefs(text).filter(isPhone)).toEqual([]);
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('dials nothing but digits behind a plus', () => {
    const text = 'tel:+1-(2)-3.4.5 +12 34 56 78 90 12 mailto:a@b.example tel:+49(0)301 www.a.example';
    const phones = hrefs(text).filter(isPhone);
    expect(phones.length).toBe(3);
    for (const href of phones) expect(href).toMatch(/^tel:\+?\d{3,15}$/u);
  });

  it('is quick with long texts that are almost a number', () => {
    const text = '+49 ('.repeat(10_000) + '+' + '1 '.repeat(20_000);
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it.each(HOSTILE)('never makes a dangerous address of %j', (text) => {
    for (const href of hrefs(text)) {
      const url = new URL(href);
      expect(['http:', 'https:', 'mailto:', 'tel:']).toContain(url.protocol);
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
