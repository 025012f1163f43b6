/**
 * Time as the client needs it: an instant and a delay, so that a test can hold both.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(ms: number, deed: () => void) => () => void} after runs `deed` later; the result cancels
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  after(ms, deed) {
    const timer = setTimeout(deed, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Make a deed that runs once, `ms` after the first of many calls.
 * @param {Clock} clock
 * @param {number} ms
 * @param {() => void} deed
 * @returns {{(): void, cancel(): void}}
 */
export function soon(clock, ms, deed) {
  /** @type {(() => void) | null} */
  let cancel = null;
  const call = () => {
    cancel ??= clock.after(ms, () => {
      cancel = null;
      deed();
    });
  };
  call.cancel = () => {
    cancel?.();
    cancel = null;
  };
  return call;
}
