/** The route, in the fragment of the address, which is never sent to a server. */

import { peerOfUnstarted, unstartedId } from '../client/store/unstarted.js';
import { updateAll } from './render-queue.js';

/** @typedef {{conversation: string | null, seq: number | null}} Route */

/**
 * Parse a fragment: `#/c/<conversation>`, `#/c/<conversation>/<seq>`, or `#/u/<user>` for a direct
 * conversation that does not exist yet.
 * @param {string} hash
 * @returns {Route}
 */
export function parseHash(hash) {
  const [, user] = /^#\/u\/([\w-]+)$/.exec(hash) ?? [];
  if (user) return { conversation: unstartedId(user), seq: null };
  const [, conversation, seq] = /^#\/c\/([\w-]+)(?:\/(\d+))?$/.exec(hash) ?? [];
  return { conversation: conversation ?? null, seq: seq ? Number(seq) : null };
}

/**
 * The fragment for a conversation, or a message in it.
 * @param {string} conversation
 * @param {number} [seq]
 * @returns {string}
 */
export function hashFor(conversation, seq) {
  const user = peerOfUnstarted(conversation);
  return user ? `#/u/${user}` : `#/c/${conversation}${seq ? `/${seq}` : ''}`;
}

/**
 * The absolute address of a message, for sharing.
 * @param {string} conversation
 * @param {number} seq
 */
export const permalink = (conversation, seq) =>
  new URL(hashFor(conversation, seq), location.origin + location.pathname).href;

/** The current route. @returns {Route} */
export const route = () => parseHash(location.hash);

/**
 * Open a conversation, or the list if *conversation* is null.
 * @param {string | null} conversation
 * @param {number} [seq]
 */
export function navigate(conversation, seq) {
  location.hash = conversation ? hashFor(conversation, seq) : '#/';
}

/**
 * Replace the address without a new entry in the browser's history.
 * @param {string} conversation
 */
export function replaceHash(conversation) {
  history.replaceState(null, '', hashFor(conversation));
}

/** Call *listener* after each change of the route. @param {() => void} listener */
export function onRoute(listener) {
  addEventListener('hashchange', () => {
    listener();
    updateAll();
  });
}
