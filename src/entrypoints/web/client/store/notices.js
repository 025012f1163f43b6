/** Notices: what happened that concerns this user, for the notification centre. Pure functions. */

import { excerpt, mentions } from './heads.js';

/** @import {Conversation, ConversationEvent, Notice, PrivateEvent} from '../types.js' */

const MOST_KEPT = 200;

/** @param {readonly Notice[]} notices @param {Notice} notice @returns {readonly Notice[]} */
function add(notices, notice) {
  if (notices.some((known) => known.id === notice.id)) return notices;
  return [notice, ...notices].slice(0, MOST_KEPT);
}

/**
 * A message that mentions me becomes a notice, unless the service keeps notices itself: then they
 * come through the private log.
 * @param {readonly Notice[]} notices
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {readonly Notice[]}
 */
export function fromMessage(notices, event, me) {
  const { conversation, seq, by, at, data } = event;
  if (event.kind !== 'message.posted' || by === me || !mentions(data, me)) return notices;
  const text = excerpt(String(data.body?.text ?? ''));
  return add(notices, {
    id: `${conversation}/${seq}`,
    kind: 'mention',
    conversation,
    seq,
    by,
    excerpt: text,
    at,
    read: false,
  });
}

/**
 * @param {readonly Notice[]} notices
 * @param {PrivateEvent} event
 * @returns {readonly Notice[]}
 */
export function fromPrivate(notices, event) {
  const { kind, at, data } = event;
  switch (kind) {
    case 'conversation.joined':
      return add(notices, {
        id: `joined/${event.offset}`,
        kind: 'joined',
        conversation: data.conversation,
        at,
        read: false,
      });
    case 'conversation.left':
      return data.removed
        ? add(notices, {
            id: `removed/${event.offset}`,
            kind: 'removed',
            conversation: data.conversation,
            at,
            read: false,
          })
        : notices;
    case 'notification.added':
      return add(notices, {
        .../** @type {any} */ (data),
        id: String(data.id ?? event.offset),
        kind: data.kind ?? data.reason ?? 'other',
        at,
        read: false,
      });
    case 'notification.read':
      return markRead(
        notices,
        (notice) =>
          data.all === true || notice.id === data.id || (data.ids ?? []).includes(notice.id),
      );
    default:
      return notices;
  }
}

/**
 * @param {readonly Notice[]} notices
 * @param {(notice: Notice) => boolean} which
 * @returns {readonly Notice[]}
 */
export function markRead(notices, which) {
  if (!notices.some((notice) => !notice.read && which(notice))) return notices;
  return notices.map((notice) => (which(notice) ? { ...notice, read: true } : notice));
}

/**
 * A conversation that was read up to a number needs no notice of what stands before it.
 * @param {readonly Notice[]} notices
 * @param {Conversation} conversation
 * @returns {readonly Notice[]}
 */
export const settled = (notices, { head }) =>
  markRead(
    notices,
    (notice) =>
      notice.conversation === head.conversation &&
      (notice.seq === undefined || notice.seq <= head.read),
  );
