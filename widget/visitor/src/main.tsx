/** Puts the visitor's window together: storage, line to the hub, session, page around it, view. */
import { render } from 'preact';
import '../../tokens.css';
import './style.css';
import { App } from './app.ts';
import { type Page, parse, type Site, SiteAnswer } from '@handraise/protocol';
import { VisitorClient } from './client.ts';
import { Host } from './host.ts';
import { TEXTS } from './i18n.ts';
import { direction, pickLanguage } from './language.ts';
import type { OneTab } from './given.ts';
import { Session } from './session.ts';
import { Memory, shelfOr } from './storage.ts';
import { Window } from './view/Window.tsx';

function begin(host: Host, page: Page, pageLanguage: string, open: boolean): App {
  const site = new URLSearchParams(location.search).get('site') ?? 'default';
  const memory = new Memory(
    site,
    shelfOr(() => localStorage),
    shelfOr(() => sessionStorage),
  );
  const wanted = [pageLanguage, ...navigator.languages].filter(Boolean);
  const language = pickLanguage(wanted, Object.keys(TEXTS));
  document.documentElement.lang = language;
  document.documentElement.dir = direction(language);
  const session = new Session(
    new VisitorClient(location.origin, site),
    memory,
    { page, lang: wanted[0] ?? null, asked: asked(), site: () => findSite(site, wanted[0] ?? '') },
    oneTab(memory.key('join')),
  );
  const app = new App(session, memory, host, language, open);
  const root = document.getElementById('app');
  if (root) render(<Window app={app} />, root);
  app.start();
  return app;
}

/** Which consent to chat the site asks for, as the hub has written it into this page; empty for none. */
function asked(): string {
  const mark = document.querySelector<HTMLMetaElement>('meta[name=chat-consent]')?.content ?? '';
  return mark.startsWith('__') ? '' : mark;
}

/** The site's words by an ordinary request: before a yes there is no line. */
async function findSite(site: string, lang: string): Promise<Site | null> {
  try {
    const answer = await fetch(`site.json?${new URLSearchParams({ site, lang }).toString()}`);
    return parse(SiteAnswer, await answer.json())?.site ?? null;
  } catch {
    return null;
  }
}

/**
 * The browser's own locks. On pages without TLS there are none, and where the browser blocks the storage of frames (private windows) they are
 * denied: two tabs opened at once are then two visitors.
 */
function oneTab(name: string): OneTab {
  return async (work) => {
    let begun = false;
    const begin = () => {
      begun = true;
      return work();
    };
    try {
      await ('locks' in navigator ? navigator.locks.request(name, begin) : begin());
    } catch (error) {
      if (begun) throw error;
      await work();
    }
  };
}

function main(): void {
  const host = new Host();
  if (host.standsAlone) {
    begin(host, { url: location.origin + location.pathname, title: document.title, referrer: '' }, '', true);
    return;
  }
  let app: App | null = null;
  host.listen((message) => {
    if (message.type === 'hello' && app === null) {
      app = begin(host, message.page, message.lang, message.open);
      host.tell({ type: 'ready' });
    } else app?.hear(message);
  });
}

main();
