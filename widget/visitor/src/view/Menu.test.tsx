// @vitest-environment happy-dom
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { expect, it, vi } from 'vitest';
import { App } from '../app.ts';
import { VisitorClient } from '../client.ts';
import { Host } from '../host.ts';
import { TEXTS } from '../i18n.ts';
import { Session } from '../session.ts';
import { Memory, memoryShelf } from '../storage.ts';
import { Menu } from './Menu.tsx';

function draw(language = 'en') {
  const memory = new Memory('demo', memoryShelf(), memoryShelf());
  const session = new Session(new VisitorClient('http://localhost', 'demo'), memory, { page: { url: '', title: '' }, lang: language });
  const app = new App(session, memory, new Host(), language, true);
  const root = document.body.appendChild(document.createElement('div'));
  const done = vi.fn();
  const conversation = { ...session.conversation, joined: true };
  void act(() => render(<Menu app={app} conversation={conversation} done={done} />, root));
  const box = root.firstElementChild as HTMLElement;
  const press = (key: string) =>
    void act(() => {
      box.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
  return { app, box, done, press, here: () => document.activeElement?.textContent };
}

it('is walked through with the keys, and left with Escape', () => {
  const { press, here, done } = draw();
  expect(here()).toContain('Sound');
  press('End');
  expect(here()).not.toContain('Sound');
  press('ArrowDown');
  expect(here()).toContain('Sound');
  press('ArrowUp');
  const last = here();
  press('Home');
  press('End');
  expect(here()).toBe(last);
  press('Escape');
  expect(done).toHaveBeenCalledOnce();
});

it('is a menu until something is asked, and then a dialog with its name', () => {
  const { box } = draw();
  expect([box.getAttribute('role'), box.getAttribute('aria-label')]).toEqual(['menu', 'Menu']);
  const startOver = [...box.querySelectorAll('button')].find((button) => button.textContent === 'Start over');
  void act(() => startOver?.click());
  expect([box.getAttribute('role'), box.getAttribute('aria-label')]).toEqual(['dialog', 'Start over']);
  expect(box.querySelector('[role^=menuitem]')).toBeNull();
});

it.each([
  ['Assistant', 'de', 'Assistent'],
  ['Assistant', 'ar', TEXTS['ar']?.assistant],
  ['Tide', 'de', 'Tide'],
  [null, 'de', 'Assistent'],
])('calls an assistant that the site calls %s in %s: %s', (given, language, shown) => {
  const { app } = draw(language);
  const site = given === null ? null : ({ assistant: given } as never);
  vi.spyOn(app.session, 'conversation', 'get').mockReturnValue({ ...app.session.conversation, site });
  expect(app.assistant).toBe(shown);
});
