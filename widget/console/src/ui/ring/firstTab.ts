/** One tab of the browser does it, the others only when that one has gone. */

/** Begin `act` as soon as this tab is the first; gives back what ends it. Without locks (pages without TLS) every tab is the first. */
export function whileFirstTab(name: string, act: () => () => void): () => void {
  if (!('locks' in navigator)) return act();
  const waiting = new AbortController();
  let end = (): void => waiting.abort();
  const hold = () =>
    new Promise<void>((release) => {
      const stop = act();
      end = () => {
        stop();
        release();
      };
    });
  void navigator.locks.request(name, { signal: waiting.signal }, hold).catch(() => undefined);
  return () => end();
}
