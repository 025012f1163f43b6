/**
 * What the close codes of the protocol ask a client to do, and how long it waits before it does.
 */

/** @typedef {'reconnect' | 'refresh' | 'stop'} Action */

const FIRST_STOP = 4500;
const LAST_STOP = 4599;
export const TOKEN_EXPIRED = 4005;
export const UNAUTHENTICATED = 4501;
export const SESSION_REVOKED = 4504;

/**
 * `reconnect` for everything temporary and for what networks and proxies close with (1001, 1006,
 * 1012 …), `refresh` where a new access token is needed first, `stop` where trying again is wrong.
 * @param {number} code
 * @returns {Action}
 */
export function actionOf(code) {
  if (code === TOKEN_EXPIRED) return 'refresh';
  return code >= FIRST_STOP && code <= LAST_STOP ? 'stop' : 'reconnect';
}

const SHORTEST = 500;
const LONGEST = 30_000;

/**
 * Full jitter between half a second and a bound that doubles up to 30 s: after a node died, its
 * clients come back spread out, not in one wave.
 * @param {number} attempt 0 for the first try after a loss
 * @param {() => number} random in [0, 1)
 * @returns {number} milliseconds
 */
export function retryDelay(attempt, random) {
  const bound = Math.min(LONGEST, SHORTEST * 2 ** Math.min(attempt + 1, 16));
  return SHORTEST + random() * (bound - SHORTEST);
}
