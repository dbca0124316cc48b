/** Which language to speak, in which direction it runs, and how its texts are filled. */

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur']);

/** The first wanted language that we have, e.g. `de` for `de-AT`; English when there is none. */
export function pickLanguage(wanted: readonly string[], have: readonly string[]): string {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    if (have.includes(language)) return language;
  }
  return 'en';
}

export function direction(language: string): 'rtl' | 'ltr' {
  return RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
}

/** Fill `{name}` places. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
