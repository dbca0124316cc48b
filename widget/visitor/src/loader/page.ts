/** Which page the visitor is on. */
import type { Page } from '@handraise/protocol';

export function currentPage(): Page {
  return { url: location.href, title: document.title, referrer: document.referrer };
}

/** Tell of each new page of a single-page app; the title is read a moment later, when the app has set it. */
export function watchPage(tell: () => void): void {
  let known = location.href;
  const look = (): void => {
    if (location.href === known) return;
    known = location.href;
    setTimeout(tell, 300);
  };
  addEventListener('popstate', look);
  if ('navigation' in window) (window.navigation as EventTarget).addEventListener('navigatesuccess', look);
  else setInterval(look, 1000);
}

/** In place of the page of a visitor who does not want to be followed. */
export const NOWHERE: Page = { url: '', title: '', referrer: '' };

/** Whether pages may be told: not when the browser says no (Global Privacy Control, Do Not Track). */
export function mayFollow(browser: object = navigator): boolean {
  const { globalPrivacyControl, doNotTrack } = browser as { globalPrivacyControl?: unknown; doNotTrack?: unknown };
  return globalPrivacyControl !== true && doNotTrack !== '1';
}
