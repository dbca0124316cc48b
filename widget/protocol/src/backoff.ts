/** How long to wait before trying again, so that many clients do not come back at the same moment. */

const SHORTEST = 500;
const LONGEST = 10_000;

/** Milliseconds, at random over a span that doubles with each try: from half a second up to 1, 2, 4, 8, at most 10 seconds. */
export function backoff(tries: number, random: () => number = Math.random): number {
  const span = Math.min(LONGEST, 1000 * 2 ** tries);
  return SHORTEST + random() * (span - SHORTEST);
}

const SOON = 5;

/**
 * The same for a lost line. A hub that is started again is there within seconds: the first tries come within two seconds each, for about
 * six seconds in all; after that something lasts longer, and the pauses grow.
 */
export function redialPause(tries: number, random: () => number = Math.random): number {
  return backoff(tries < SOON ? Math.min(tries, 1) : tries - SOON + 2, random);
}
