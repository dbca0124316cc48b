/** Times, durations and counts in plain words; pure, `now` is always passed in (milliseconds). */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function millis(iso: string): number {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? 0 : time;
}

/** "0:07", "12:30", "1 h 05" for a wait. */
export function waited(sinceIso: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - millis(sinceIso)) / 1000));
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  return hours < 24 ? `${String(hours)} h ${two(Math.floor((seconds % 3600) / 60))}` : `${String(Math.floor(hours / 24))} d`;
}

const two = (n: number) => String(n).padStart(2, '0');

/** "now", "4 min", "3 h", then a day. */
export function ago(iso: string, now: number, locale?: string): string {
  const passed = now - millis(iso);
  if (passed < MINUTE) return 'now';
  if (passed < HOUR) return `${String(Math.floor(passed / MINUTE))} min`;
  if (passed < 24 * HOUR) return `${String(Math.floor(passed / HOUR))} h`;
  return new Date(millis(iso)).toLocaleDateString(locale, { day: 'numeric', month: 'short' });
}

export function clock(iso: string, locale?: string): string {
  return new Date(millis(iso)).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
}

/** "Today", "Yesterday", or the date. */
export function day(iso: string, now: number, locale?: string): string {
  const date = new Date(millis(iso));
  const days = Math.round((midnight(now) - midnight(date.getTime())) / (24 * HOUR));
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
}

export function dayKey(iso: string): string {
  return new Date(millis(iso)).toDateString();
}

function midnight(time: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export function full(iso: string, locale?: string): string {
  return new Date(millis(iso)).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

/** "+30", "−5" with a real minus sign. */
export function points(value: number): string {
  return value < 0 ? `−${String(-value)}` : `+${String(value)}`;
}

/** One or two letters for a face. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '').join('');
}

/** How full the waiting ring is, 0 to 1. */
export function filled(sinceIso: string, now: number, limit = 180_000): number {
  return Math.min(1, Math.max(0, (now - millis(sinceIso)) / limit));
}

/** A link to write to an address; nothing in the address can become a header of the mail. */
export function mailto(email: string): string {
  return `mailto:${encodeURIComponent(email).replace('%40', '@')}`;
}

/** An address as people write it: without protocol and query. */
export function shortUrl(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return pathname === '/' ? host : host + pathname;
  } catch {
    return url;
  }
}
