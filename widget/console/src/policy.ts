/**
 * What the page's Content-Security-Policy asks of the console: a nonce on the styles that its components make, and no text that becomes
 * elements. Imported before everything else.
 */

export const WORKER = '/console/worker.js';

/** Set anew by the hub for each page. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="nonce"]')?.content ?? '';
}

/** The components write the text of `<style>` elements as HTML. Without `<` it cannot make an element of any kind. */
export function onlyText(html: string): string {
  if (html.includes('<')) throw new TypeError('The console makes no elements from text.');
  return html;
}

/** The worker of the desktop notifications; nothing else is ever loaded by an address in a text. */
export function onlyWorker(url: string): string {
  if (url !== WORKER) throw new TypeError('The console loads no script from there.');
  return url;
}

interface TrustedTypes {
  createPolicy(name: string, rules: Record<'createHTML' | 'createScriptURL', (text: string) => string>): unknown;
}

(window as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('default', { createHTML: onlyText, createScriptURL: onlyWorker });
// Where the library that keeps the page from scrolling behind a dialog looks for it.
(window as { __webpack_nonce__?: string }).__webpack_nonce__ = styleNonce();
