/** The visitor's page as the hub may know it: without what its address may say about the person. */
import type { Page } from '@handraise/protocol';

/** Scheme, host and path; what stands behind `?` and `#`, and a name before `@`, may be personal and stay in the browser. */
export function cleanUrl(address: string): string {
  try {
    const { protocol, origin, pathname } = new URL(address);
    return /^https?:$/u.test(protocol) ? (origin + pathname).slice(0, 2000) : '';
  } catch {
    return '';
  }
}

export function cleanPage({ url, title, referrer = '' }: Page): Page {
  return { url: cleanUrl(url), title: title.slice(0, 200), referrer: cleanUrl(referrer) };
}
