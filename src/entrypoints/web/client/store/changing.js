/** Changing one conversation of the state, and what follows from it elsewhere. Pure functions. */

import { withRead } from './conversations.js';
import { settled, withNotices } from './notices.js';

/** @import {Conversation, Frame, State} from '../types.js' */

/** @param {State} state */
export const myself = (state) => state.me?.id ?? '';

/**
 * @param {State} state
 * @param {string} id
 * @param {(conversation: Conversation) => Conversation} how
 * @returns {State}
 */
export function change(state, id, how) {
  const known = state.conversations.get(id);
  if (!known) return state;
  const next = how(known);
  return next === known ? state : put(state, id, next);
}

/** @param {State} state @param {string} id @param {Conversation} conversation @returns {State} */
export const put = (state, id, conversation) => ({
  ...state,
  conversations: new Map(state.conversations).set(id, conversation),
});

/**
 * The user has read up to here: what was marked as unread is so no more.
 * @param {State} state
 * @param {string} id
 * @param {number} seq
 * @returns {State}
 */
export const read = (state, id, seq) =>
  settle(
    change(state, id, (c) => unmarked(withRead(c, seq, myself(state)))),
    id,
  );

/** @param {Conversation} conversation @returns {Conversation} */
const unmarked = (conversation) =>
  conversation.head.marked_unread
    ? { ...conversation, head: { ...conversation.head, marked_unread: false } }
    : conversation;

/** @param {State} state @param {string} id @returns {State} */
export function settle(state, id) {
  const conversation = state.conversations.get(id);
  const notices = conversation ? settled(state.notices, conversation) : state.notices;
  return notices === state.notices ? state : { ...state, notices };
}

/** @param {State} state @param {[string, number]} mark @returns {State} */
export const received = (state, [id, seq]) =>
  change(state, id, (c) =>
    seq <= c.head.received ? c : { ...c, head: { ...c.head, received: seq } },
  );

/**
 * A page of the notification centre: the newest one, or the next.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function listedNotices(state, { notifications, next = null }) {
  const notices = withNotices(state.notices, notifications);
  return {
    ...[...state.conversations.keys()].reduce(settle, { ...state, notices }),
    noticesNext: next,
  };
}
