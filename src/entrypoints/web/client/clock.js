/**
 * A clock: the current time and timers. Tests pass a clock that they control.
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(ms: number, callback: () => void) => () => void} after runs `callback` after `ms`
 *   milliseconds; the result cancels it
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Return a function that calls *callback* once, *ms* milliseconds after the first of several calls.
 * @param {Clock} clock
 * @param {number} ms
 * @param {() => void} callback
 * @returns {{(): void, cancel(): void}}
 */
export function throttle(clock, ms, callback) {
  /** @type {(() => void) | null} */
  let cancel = null;
  const throttled = () => {
    cancel ??= clock.after(ms, () => {
      cancel = null;
      callback();
    });
  };
  throttled.cancel = () => {
    cancel?.();
    cancel = null;
  };
  return throttled;
}
