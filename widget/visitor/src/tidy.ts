/** What a visitor typed, as the hub will take it; pure. */

const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;

/** Without outer space and control characters, which the hub removes anyway; half of a surrogate pair, as some keyboards leave behind, is no text. */
export function tidy(text: string): string {
  return text
    .replace(CONTROLS, '')
    .trim()
    .replace(/\p{Surrogate}/gu, '\uFFFD');
}
