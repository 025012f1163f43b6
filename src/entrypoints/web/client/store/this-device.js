/** What this device knows of itself: its session, its connection, its unsent messages. Pure functions. */

import { isRequest } from '../outbox-requests.js';
import { withOwnPresence, withUsers } from './users.js';

/** @import {Frame, OutboxEntry, State} from '../types.js' */

/**
 * Logged in, or the token was renewed: an answer that may be older than what the socket has said.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function withSignedIn(state, { me, device }) {
  const next = withUsers({ ...state, phase: 'signed-in', signOutReason: null, me, device }, [me]);
  return withOwnPresence(next, state.welcomeCount ? state.me?.presence : undefined);
}

/**
 * While disconnected, the presence and typing of others are unknown.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function withConnection(state, { connection }) {
  const next = { ...state, connection };
  if (connection.phase !== 'waiting' && connection.phase !== 'stopped') return next;
  return { ...next, presence: new Map(), typing: new Map() };
}

/**
 * Entries know the person to whom they are written: after a reload nobody else does.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function withOutbox(state, { entries }) {
  const requests = entries.filter(isRequest);
  /** @type {OutboxEntry[]} */
  const outbox = entries.filter((/** @type {any} */ entry) => !isRequest(entry));
  const peers = outbox.flatMap(({ peer }) => (peer && !state.users.has(peer.id) ? [peer] : []));
  return { ...withUsers(state, peers), outbox, requests: same(state.requests, requests) };
}

/**
 * The earlier list if nothing in it has changed, so that what depends on it is not rendered again.
 * @template T
 * @param {readonly T[]} before
 * @param {readonly T[]} after
 */
const same = (before, after) =>
  before.length === after.length && before.every((one, index) => one === after[index])
    ? before
    : after;
