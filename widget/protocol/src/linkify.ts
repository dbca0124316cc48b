/** Find links in plain text; only http, https, mailto and tel ever become an address, and only what the reader sees. */

export type Piece = { text: string; href?: undefined } | { text: string; href: string };

// A number is digits with single separators between them and nothing behind that could change what is dialled (`;`, `*`, `#`); without
// `tel:` it begins with a plus and is long, so that no sum of money is taken for one.
const CANDIDATE =
  /(?:\btel:\+?(?:[-.()]{0,2}\d){3,15}|(?<![\w+*#])\+[1-9](?:[ \u00a0./()-]{0,3}\d){8,14})(?![ \u00a0./()-]{0,3}\d|[\p{L}_=%*#]|[;@&+/?,]\S)|\b(?:https?:\/\/[^\s<>"'`]+|mailto:[^\s<>"'`]+|www\.[^\s<>"'`]+\.[^\s<>"'`]+|[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4})/giu;
const SAFE = new Set(['http:', 'https:', 'mailto:']);

/** Split a text into plain pieces and links; joined together the pieces are the text again. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const shown = withoutTail(match[0]);
    const href = address(shown);
    if (href === null) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    pieces.push({ text: shown, href });
    done = match.index + shown.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** A sentence's full stop or a closing bracket after a link is not part of it. */
function withoutTail(link: string): string {
  let end = link.length;
  while (end > 0) {
    const last = link.charAt(end - 1);
    const kept = link.slice(0, end);
    const unopened = (last === ')' && count(kept, '(') < count(kept, ')')) || (last === ']' && count(kept, '[') < count(kept, ']'));
    if (!/[.,;:!?…*_~>]/u.test(last) && !unopened) break;
    end -= 1;
  }
  return link.slice(0, end);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

/** Whether it opens the telephone instead of a page. */
export const isPhone = (href: string): boolean => href.startsWith('tel:');

function address(shown: string): string | null {
  // "(0)" is for those who call from inside the country.
  if (/^(?:tel:|\+)/iu.test(shown)) return `tel:${shown.replace(/(?<=\+.*)\(0\)|[^+\d]/gu, '')}`;
  const full = /^(?:https?:\/\/|mailto:)/iu.test(shown)
    ? shown
    : shown.includes('@') && !shown.includes('/')
      ? `mailto:${shown}`
      : `https://${shown}`;
  try {
    const url = new URL(full);
    // "https://bank.example@evil.example" shows one host and opens another.
    if (!SAFE.has(url.protocol) || url.username !== '' || url.password !== '') return null;
    // A mail address may not carry more than the address: no subject, no body, no copies.
    if (url.protocol === 'mailto:') return url.search === '' && url.pathname.includes('@') ? url.href : null;
    return url.hostname.includes('.') || url.hostname === 'localhost' ? url.href : null;
  } catch {
    return null;
  }
}
