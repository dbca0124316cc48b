// @vitest-environment happy-dom
import { render } from 'preact';
import { expect, it, vi } from 'vitest';
import { App } from '../app.ts';
import { VisitorClient } from '../client.ts';
import { Host } from '../host.ts';
import type { Line } from '../rows.ts';
import { Session } from '../session.ts';
import { Memory, memoryShelf } from '../storage.ts';
import { Group } from './Group.tsx';

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  'javascript:alert(1)',
  '<a href="javascript:alert(1)">click</a>',
  '[x](javascript:alert(1))',
  'https://x.example/"onmouseover="alert(1)',
  '&lt;b&gt; {{7*7}} ${7*7}',
];

const memory = new Memory('demo', memoryShelf(), memoryShelf());
const here = { page: { url: '', title: '' }, lang: 'en' };
const app = new App(new Session(new VisitorClient('http://localhost', 'demo'), memory, here), memory, new Host(), 'en', true);

function drawLine(line: Line): { root: HTMLElement; words: string[] } {
  const root = document.createElement('div');
  render(<Group app={app} row={{ type: 'group', key: 'k', author: 'visitor', name: null, at: '', lines: [line] }} isLast />, root);
  return { root, words: [...root.querySelectorAll('button')].map((button) => button.textContent) };
}

function draw(text: string): HTMLElement {
  const root = document.createElement('div');
  const row = { type: 'group', key: 'k', author: 'agent', name: text, at: '', lines: [{ key: 'l', text, status: 'stored' }] } as const;
  render(<Group app={app} row={{ ...row, lines: [...row.lines] }} isLast />, root);
  return root;
}

it.each(HOSTILE)('draws %j as text', (text) => {
  const root = draw(text);
  expect(root.querySelector('.bubble')?.textContent).toBe(text);
  expect(root.querySelectorAll('script, img, [onerror], [onload], [onmouseover], .bubble svg')).toHaveLength(0);
  for (const link of root.querySelectorAll('a')) {
    expect(link.getAttribute('href')).toMatch(/^https:\/\/x\.example\//u);
    expect(link.rel).toContain('noopener');
  }
});

it.each([
  ['sending', [], 'Sending…'],
  ['retrying', [], 'Not sent yet. Trying again…'],
  ['sent', [], 'Sent'],
  ['stored', [], 'Sent'],
  ['failed', ['Try again', 'Delete'], 'Not sent.'],
  ['refused', ['Edit', 'Delete'], 'Not accepted.'],
] as const)('says in words that a line is %s, with the ways out', (status, ways, text) => {
  const { root, words } = drawLine({ key: 'x', text: 'Hi', status, isTyped: true });
  expect(words).toEqual(ways);
  expect(root.textContent).toContain(text);
  for (const part of root.querySelectorAll('.meta span')) expect(part.textContent).not.toBe('');
});

it('brings a refused line back into the composer', () => {
  const compose = vi.spyOn(app, 'compose');
  const discard = vi.spyOn(app.session, 'discard').mockReturnValue('Hi');
  const { root } = drawLine({ key: 'x', text: 'Hi', status: 'refused', isTyped: true });
  root.querySelector('button')?.click();
  expect(discard).toHaveBeenCalledWith('x');
  expect(compose).toHaveBeenCalledWith('Hi');
});
