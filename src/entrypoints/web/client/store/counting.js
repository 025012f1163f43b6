/**
 * Counting unread messages without asking: which messages of others came since the head did.
 * Pure functions.
 */

import { mentions } from './heads.js';

/** @import {ConversationEvent, Head, Log, Recent} from '../types.js' */

const MOST_KEPT = 1_000;

/** @param {Head} head @returns {Recent} */
export const since = (head) => ({ from: head.seq, others: [] });

/**
 * @param {Recent} recent
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Recent}
 */
export function noted(recent, event, me) {
  if (event.kind !== 'message.posted' || event.by === me) return recent;
  const others = [...recent.others, { seq: event.seq ?? 0, mention: mentions(event.data, me) }];
  if (others.length <= MOST_KEPT) return { ...recent, others };
  return { from: others[0].seq, others: others.slice(1) };
}

/**
 * Count what lies beyond a read mark.
 * @param {Recent} recent
 * @param {Log} log
 * @param {number} seq
 * @param {string} me
 * @returns {{unread: number, mentions: number} | null} null where not all of it is known here
 */
export function countBeyond(recent, log, seq, me) {
  if (seq >= recent.from) {
    const beyond = recent.others.filter((other) => other.seq > seq);
    return { unread: beyond.length, mentions: beyond.filter((other) => other.mention).length };
  }
  const first = log.messages[0];
  const whole =
    log.loaded && !log.moreAfter && (!first || first.seq <= seq + 1 || !log.moreBefore);
  if (!whole) return null;
  const beyond = log.messages.filter((message) => message.seq > seq && message.by !== me);
  return {
    unread: beyond.length,
    mentions: beyond.filter((message) => mentions(message, me)).length,
  };
}
