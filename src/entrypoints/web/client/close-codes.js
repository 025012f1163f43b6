/**
 * What a client does after each close code of the protocol, and how long it waits before it
 * reconnects.
 */

/** @typedef {'reconnect' | 'refresh' | 'stop'} CloseAction */

const FIRST_FATAL = 4500;
const LAST_FATAL = 4599;
export const TOKEN_EXPIRED = 4005;
export const UNAUTHENTICATED = 4501;
export const SESSION_REVOKED = 4504;

/**
 * The action for a close code: `reconnect` for temporary failures and for codes of networks and
 * proxies (1001, 1006, 1012 …), `refresh` if a new access token is needed first, `stop` if
 * reconnecting would fail again.
 * @param {number} code
 * @returns {CloseAction}
 */
export function closeAction(code) {
  if (code === TOKEN_EXPIRED) return 'refresh';
  return code >= FIRST_FATAL && code <= LAST_FATAL ? 'stop' : 'reconnect';
}

/**
 * Why the service logs a device out with a close code: its session was ended elsewhere, or is not
 * known any more.
 * @param {number | undefined} code
 * @returns {'revoked' | 'expired' | null} null for a code that does not end the session
 */
export function signOutReason(code) {
  if (code === SESSION_REVOKED) return 'revoked';
  return code === UNAUTHENTICATED ? 'expired' : null;
}

const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

/**
 * Delay before a reconnect: exponential back-off with full jitter, from 0.5 s up to 30 s, so that
 * the clients of a failed node do not return at the same time. See "Exponential Backoff And Jitter"
 * (AWS Architecture Blog, 2015).
 * @param {number} attempt 0 for the first try after a loss
 * @param {() => number} random in [0, 1)
 * @returns {number} milliseconds
 */
export function retryDelay(attempt, random) {
  const bound = Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** Math.min(attempt + 1, 16));
  return MIN_DELAY_MS + random() * (bound - MIN_DELAY_MS);
}
