import { describe, expect, it } from 'vitest';
import { ago, day, filled, initials, mailto, millis, points, shortUrl, waited } from './format.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe('format', () => {
  it.each([
    [-5, '0:00'],
    [7, '0:07'],
    [750, '12:30'],
    [3900, '1 h 05'],
    [200_000, '2 d'],
  ])('says a wait of %i s as %s', (seconds, text) => {
    expect(waited(before(seconds), NOW)).toBe(text);
  });

  it.each([
    [30, 'now'],
    [240, '4 min'],
    [7200, '2 h'],
    [3 * 86_400, 'Nov 18'],
  ])('says %i s ago as %s', (seconds, text) => {
    expect(ago(before(seconds), NOW, 'en-US')).toBe(text);
  });

  it('names days by the calendar, not by hours', () => {
    const noon = new Date(2026, 10, 21, 12).getTime();
    expect(day(new Date(2026, 10, 21, 0, 5).toISOString(), noon)).toBe('Today');
    expect(day(new Date(2026, 10, 20, 23, 55).toISOString(), noon)).toBe('Yesterday');
    expect(day(new Date(2026, 10, 18).toISOString(), noon, 'en-US')).toBe('Wednesday, November 18');
    expect(day(new Date(2025, 10, 18).toISOString(), noon, 'en-US')).toContain('2025');
  });

  it('writes points with their sign', () => {
    expect([30, 0, -5].map(points)).toEqual(['+30', '+0', '−5']);
  });

  it('takes initials of names in any script', () => {
    expect(['Jane van Doe', 'madonna', '李 小龙', '😀 x', ' '].map(initials)).toEqual(['JD', 'M', '李小', '😀X', '']);
  });

  it('fills the ring from none to all', () => {
    expect([0, 90, 999].map((seconds) => filled(before(seconds), NOW, 180_000))).toEqual([0, 0.5, 1]);
  });

  it('lets no header into a mail link', () => {
    expect(mailto('a.b+c@d.example')).toBe('mailto:a.b%2Bc@d.example');
    expect(mailto('a@b.example?bcc=x@y.example&body=hi')).not.toMatch(/[?&]/);
  });

  it('shortens an address and bears a broken one', () => {
    expect(shortUrl('https://a.example/pricing?x=1')).toBe('a.example/pricing');
    expect(shortUrl('https://a.example/')).toBe('a.example');
    expect(shortUrl('no address')).toBe('no address');
    expect(millis('never')).toBe(0);
  });
});
