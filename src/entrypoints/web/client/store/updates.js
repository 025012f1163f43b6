/** Updates of one conversation in the state and of what depends on it. Pure functions. */

import { withOwnRead } from './conversations.js';
import { markReadUpTo, withNotifications } from './notifications.js';

/** @import {Conversation, Frame, State} from '../types.js' */

/** The id of the logged-in user, or an empty string. @param {State} state */
export const ownId = (state) => state.me?.id ?? '';

/**
 * Replace a conversation by the result of *update*.
 * @param {State} state
 * @param {string} id
 * @param {(conversation: Conversation) => Conversation} update
 * @returns {State}
 */
export function updateConversation(state, id, update) {
  const known = state.conversations.get(id);
  if (!known) return state;
  const next = update(known);
  return next === known ? state : putConversation(state, id, next);
}

/** @param {State} state @param {string} id @param {Conversation} conversation @returns {State} */
export const putConversation = (state, id, conversation) => ({
  ...state,
  conversations: new Map(state.conversations).set(id, conversation),
});

/**
 * Move the own read mark. It also removes the mark "unread".
 * @param {State} state
 * @param {string} id
 * @param {number} seq
 * @returns {State}
 */
export const withOwnReadMark = (state, id, seq) =>
  withNotificationsRead(
    updateConversation(state, id, (c) => withoutUnreadMark(withOwnRead(c, seq, ownId(state)))),
    id,
  );

/** @param {Conversation} conversation @returns {Conversation} */
const withoutUnreadMark = (conversation) =>
  conversation.head.marked_unread
    ? { ...conversation, head: { ...conversation.head, marked_unread: false } }
    : conversation;

/**
 * Mark the notifications of a conversation as read, up to its read mark.
 * @param {State} state
 * @param {string} id
 * @returns {State}
 */
export function withNotificationsRead(state, id) {
  const conversation = state.conversations.get(id);
  const notifications = conversation
    ? markReadUpTo(state.notifications, conversation)
    : state.notifications;
  return notifications === state.notifications ? state : { ...state, notifications };
}

/**
 * Move the own received mark.
 * @param {State} state
 * @param {[string, number]} mark
 * @returns {State}
 */
export const withOwnReceivedMark = (state, [id, seq]) =>
  updateConversation(state, id, (c) =>
    seq <= c.head.received ? c : { ...c, head: { ...c.head, received: seq } },
  );

/**
 * Add a page of notifications.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function withNotificationPage(state, { notifications: page, next = null }) {
  const notifications = withNotifications(state.notifications, page);
  return {
    ...[...state.conversations.keys()].reduce(withNotificationsRead, { ...state, notifications }),
    notificationsCursor: next,
  };
}
