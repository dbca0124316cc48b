/** What happy-dom lacks for Mantine. */
class NoResize implements ResizeObserver {
  observe(): void {
    return undefined;
  }
  unobserve(): void {
    return undefined;
  }
  disconnect(): void {
    return undefined;
  }
}
globalThis.ResizeObserver ??= NoResize;

// React's act() wants to be told that this is a test.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
