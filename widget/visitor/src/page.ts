/** The visitor's page as the hub may know it: without what its address may say about the person. */
import type { Page } from '@handraise/protocol';

/** Campaign parameters are kept; every other parameter and the fragment may be personal and are left out. */
export function cleanUrl(address: string): string {
  try {
    const url = new URL(address);
    if (!/^https?:$/u.test(url.protocol)) return '';
    for (const name of [...url.searchParams.keys()]) {
      if (!/^(utm_\w+|ref|source|campaign)$/u.test(name)) url.searchParams.delete(name);
    }
    return (url.origin + url.pathname + url.search).slice(0, 1000);
  } catch {
    return '';
  }
}

export function cleanPage({ url, title, referrer = '' }: Page): Page {
  return { url: cleanUrl(url), title: title.slice(0, 200), referrer: cleanUrl(referrer) };
}
