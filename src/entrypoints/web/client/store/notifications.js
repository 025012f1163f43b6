/**
 * Notifications for the notification centre. Pure functions.
 *
 * The service stores mentions. "Added to a group" and "removed from a group" come from private
 * events and last as long as the page.
 */

import { excerpt } from './heads.js';

/** @import {Conversation, ConversationEvent, NotificationItem, PrivateEvent} from '../types.js' */

/** The service stores about as many for each user. */
const MAX_KEPT = 500;

/**
 * Add notifications. One that is read stays read, even if an older answer says otherwise.
 * @param {readonly NotificationItem[]} notifications
 * @param {readonly NotificationItem[]} more
 * @returns {readonly NotificationItem[]} newest first
 */
export function withNotifications(notifications, more) {
  const known = new Map(notifications.map((item) => [item.id, item]));
  for (const item of more)
    known.set(item.id, { ...item, read: item.read || Boolean(known.get(item.id)?.read) });
  const newest = (/** @type {NotificationItem} */ one, /** @type {NotificationItem} */ other) =>
    Date.parse(other.at) - Date.parse(one.at);
  return [...known.values()].sort(newest).slice(0, MAX_KEPT);
}

/**
 * The notifications after a private event.
 * @param {readonly NotificationItem[]} notifications
 * @param {PrivateEvent} event
 * @returns {readonly NotificationItem[]}
 */
export function withPrivateEvent(notifications, event) {
  const add = (/** @type {NotificationItem} */ item) => withNotifications(notifications, [item]);
  const { kind, at, data, offset } = event;
  const { conversation } = data;
  switch (kind) {
    case 'conversation.joined':
      return add({ id: `joined/${offset}`, kind: 'joined', conversation, at, read: false });
    case 'conversation.left':
      return data.removed
        ? add({ id: `removed/${offset}`, kind: 'removed', conversation, at, read: false })
        : notifications;
    case 'notification.added':
      return add({ .../** @type {any} */ (data), at, read: false });
    case 'notification.read':
      return markRead(
        notifications,
        ({ id }) => data.all === true || (data.ids ?? []).includes(id),
      );
    case 'notification.removed':
      return notifications.filter(({ id }) => !data.ids.includes(id));
    default:
      return notifications;
  }
}

/**
 * The notifications after an event of a conversation: they show what their messages say now.
 * @param {readonly NotificationItem[]} notifications
 * @param {ConversationEvent} event
 * @returns {readonly NotificationItem[]}
 */
export function withMessageChange(notifications, { conversation, kind, data }) {
  if (kind !== 'message.edited' && kind !== 'message.recalled') return notifications;
  const id = `${conversation}/${data.seq}`;
  if (!notifications.some((item) => item.id === id)) return notifications;
  if (kind === 'message.recalled' || data.recalled)
    return notifications.filter((item) => item.id !== id);
  // Without a kind it says nothing of the text: some members may not see the message.
  if (!data.kind) return notifications;
  const shown = excerpt(data.kind, data.body);
  return notifications.map((item) => (item.id === id ? { ...item, excerpt: shown } : item));
}

/**
 * Mark some notifications as read.
 * @param {readonly NotificationItem[]} notifications
 * @param {(item: NotificationItem) => boolean} which
 * @returns {readonly NotificationItem[]}
 */
export function markRead(notifications, which) {
  if (!notifications.some((item) => !item.read && which(item))) return notifications;
  return notifications.map((item) => (which(item) ? { ...item, read: true } : item));
}

/**
 * Mark notifications of messages as read, up to the read mark of the conversation.
 * @param {readonly NotificationItem[]} notifications
 * @param {Conversation} conversation
 * @returns {readonly NotificationItem[]}
 */
export const markReadUpTo = (notifications, { head }) =>
  markRead(
    notifications,
    (item) =>
      item.conversation === head.conversation && item.seq !== undefined && item.seq <= head.read,
  );
