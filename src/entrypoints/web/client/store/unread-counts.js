/**
 * Counts unread messages locally, from the messages of others that came after the head. Pure
 * functions.
 */

import { mentionsUser } from './heads.js';

/** @import {ConversationEvent, Head, Log, RecentMessages} from '../types.js' */

const MAX_RECENT = 1_000;

/** @param {Head} head @returns {RecentMessages} */
export const emptyRecent = (head) => ({ from: head.seq, others: [] });

/**
 * Remember a message of somebody else.
 * @param {RecentMessages} recent
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {RecentMessages}
 */
export function withRecent(recent, event, me) {
  if (event.kind !== 'message.posted' || event.by === me) return recent;
  const others = [
    ...recent.others,
    { seq: event.seq ?? 0, mention: mentionsUser(event.data, me) },
  ];
  if (others.length <= MAX_RECENT) return { ...recent, others };
  return { from: others[0].seq, others: others.slice(1) };
}

/**
 * Count the messages after a read mark.
 * @param {RecentMessages} recent
 * @param {Log} log
 * @param {number} seq
 * @param {string} me
 * @returns {{unread: number, mentions: number} | null} null if not all of them are known here
 */
export function countAfter(recent, log, seq, me) {
  if (seq >= recent.from) {
    const unread = recent.others.filter((other) => other.seq > seq);
    return { unread: unread.length, mentions: unread.filter((other) => other.mention).length };
  }
  const first = log.messages[0];
  const whole =
    log.loaded && !log.moreAfter && (!first || first.seq <= seq + 1 || !log.moreBefore);
  if (!whole) return null;
  const unread = log.messages.filter((message) => message.seq > seq && message.by !== me);
  return {
    unread: unread.length,
    mentions: unread.filter((message) => mentionsUser(message, me)).length,
  };
}
