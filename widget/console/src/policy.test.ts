/** What the console's policy lets through: the text of styles, and its one worker. */
import { describe, expect, it } from 'vitest';
import { onlyText, onlyWorker, WORKER } from './policy.ts';

describe('the policy', () => {
  it('takes text of styles and no markup of any kind', () => {
    expect(onlyText(':root{--a:1px}')).toBe(':root{--a:1px}');
    for (const html of ['<b>x</b>', 'x<', '<img src=x onerror=ran()>', '</style><script>ran()</script>']) {
      expect(() => onlyText(html)).toThrow(TypeError);
    }
  });

  it('loads its own worker and nothing else', () => {
    expect(onlyWorker(WORKER)).toBe(WORKER);
    for (const url of ['https://evil.example/x.js', '/console/worker.js?x', 'data:text/javascript,1', '//evil.example/console/worker.js']) {
      expect(() => onlyWorker(url)).toThrow(TypeError);
    }
  });
});
