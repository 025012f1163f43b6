/** Where the user is, kept in the fragment of the address: it never reaches a server's log. */

import { refreshAll } from './frames.js';

/** @typedef {{conversation: string | null, seq: number | null}} Route */

/**
 * Read a fragment: `#/c/<conversation>` or `#/c/<conversation>/<seq>`.
 * @param {string} hash
 * @returns {Route}
 */
export function parse(hash) {
  const [, conversation, seq] = /^#\/c\/([\w-]+)(?:\/(\d+))?$/.exec(hash) ?? [];
  return { conversation: conversation ?? null, seq: seq ? Number(seq) : null };
}

/** @param {string} conversation @param {number} [seq] @returns {string} */
export const linkTo = (conversation, seq) => `#/c/${conversation}${seq ? `/${seq}` : ''}`;

/** The address to send to somebody else. @param {string} conversation @param {number} seq */
export const permalink = (conversation, seq) =>
  new URL(linkTo(conversation, seq), location.origin + location.pathname).href;

/** @returns {Route} */
export const route = () => parse(location.hash);

/** Go somewhere; null: to the list. @param {string | null} conversation @param {number} [seq] */
export function go(conversation, seq) {
  location.hash = conversation ? linkTo(conversation, seq) : '#/';
}

/**
 * Change the address without a step in the history of the browser.
 * @param {string} conversation
 */
export function settle(conversation) {
  history.replaceState(null, '', linkTo(conversation));
}

/** @param {() => void} listener */
export function onRoute(listener) {
  addEventListener('hashchange', () => {
    listener();
    refreshAll();
  });
}
