/** How long to wait before trying again, so that many clients do not come back at the same moment. */

const SHORTEST = 500;
const LONGEST = 10_000;

/** Milliseconds, at random over a span that doubles with each try: from half a second up to 1, 2, 4, 8, at most 10 seconds. */
export function backoff(tries: number, random: () => number = Math.random): number {
  const span = Math.min(LONGEST, 1000 * 2 ** tries);
  return SHORTEST + random() * (span - SHORTEST);
}
