/**
 * What notifies whom, and how: the rule of the service (src/domain/notifications/rule.py) for an
 * open page. tests/cases/notifications.json holds the cases that both must decide alike.
 */

import { mentionsUser } from './store/heads.js';
import { isMuted } from './store/selectors.js';

/** @import {Conversation, ConversationEvent} from './types.js' */

/**
 * A message, as one member of its conversation meets it.
 * @typedef {object} Circumstances
 * @property {boolean} isDirect
 * @property {boolean} isMentioned by name or together with everyone
 * @property {boolean} isOwn
 * @property {boolean} isRead
 * @property {boolean} isMuted
 * @property {boolean} isBlocked the member blocked the sender
 * @property {boolean} isQuiet "do not disturb" is on, on this device
 * @property {boolean} isFocused the member looks at the conversation
 */

/**
 * How a member is notified: an entry in the list of notifications, Web Push to devices without an
 * open page, a notification and a sound of an open page.
 * @typedef {{bell: boolean, push: boolean, popup: boolean}} Notice
 */

/**
 * How this user meets a message that was just pushed.
 * @param {Conversation} conversation
 * @param {Pick<ConversationEvent, 'by' | 'seq' | 'data'>} event
 * @param {string} me
 * @param {{now: number, isQuiet: boolean, isFocused: boolean, isBlocked?: boolean}} device `now` in
 *   milliseconds
 * @returns {Circumstances}
 */
export function circumstancesOf(conversation, { by, seq = 0, data }, me, device) {
  const { now, isBlocked = false, ...rest } = device;
  return {
    isDirect: conversation.head.kind === 'direct',
    isMentioned: mentionsUser(data, me),
    isOwn: by === me,
    isRead: seq <= conversation.head.read,
    isMuted: isMuted(conversation, now),
    isBlocked,
    ...rest,
  };
}

/**
 * How a member is notified of a message. Nothing comes of muted conversations, not even of a
 * mention. Who looks at the conversation, or does not want to be disturbed, is not interrupted, but
 * finds the mention in the list.
 * @param {Circumstances} message
 * @returns {Notice}
 */
export function decide(message) {
  const { isOwn, isRead, isDirect, isMentioned, isQuiet, isFocused } = message;
  if (isOwn || isRead || message.isMuted || message.isBlocked)
    return { bell: false, push: false, popup: false };
  const interrupts = !isQuiet && !isFocused;
  return {
    bell: isMentioned,
    push: interrupts && (isMentioned || isDirect),
    popup: interrupts,
  };
}
