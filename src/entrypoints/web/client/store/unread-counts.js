/**
 * Counts unread messages locally, from the messages of others that came after the head. Pure
 * functions.
 */

import { mentionsUser } from './heads.js';
import { indexOfSeq } from './log-run.js';

/** @import {Conversation, ConversationEvent, Head, Log, RecentMessages} from '../types.js' */

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
  if (event.kind !== 'message.posted' || event.by === me || event.data.recalled) return recent;
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
  const unread = log.messages.filter(
    (message) => message.seq > seq && message.by !== me && !message.recalled,
  );
  return {
    unread: unread.length,
    mentions: unread.filter((message) => mentionsUser(message, me)).length,
  };
}

/**
 * The counts after a message was edited or recalled: recalled messages do not count, mentions follow
 * an edit.
 * @param {Conversation} conversation before the event
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Conversation} its counts are upper bounds if the message is not known here
 */
export function withChangedCounts(conversation, event, me) {
  const { head, recent } = conversation;
  const { kind, data } = event;
  const isRecall = kind === 'message.recalled';
  // After a message was recalled, its edits say nothing about it; the recall itself follows.
  if (!isRecall && (kind !== 'message.edited' || data.recalled)) return conversation;
  const mention = mentionsUser(data, me);
  const others = recent.others.flatMap((one) => {
    if (one.seq !== data.seq) return [one];
    return isRecall ? [] : [{ ...one, mention }];
  });
  const next = { ...conversation, recent: { ...recent, others } };
  const before = data.seq > head.read ? countedMessage(conversation, event, me) : null;
  if (before === undefined) return { ...next, countsAreBounds: true };
  if (!before) return next;
  const unread = head.unread - Number(isRecall);
  const mentions = head.mentions - Number(before.mention) + Number(!isRecall && mention);
  return { ...next, head: { ...head, unread, mentions } };
}

/**
 * A changed message as the counts contain it.
 * @param {Conversation} conversation before the event
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {{mention: boolean} | null | undefined} null if it does not count; undefined if it is
 *   not known here
 */
function countedMessage({ recent, log }, { offset, data: { seq } }, me) {
  if (seq > recent.from) return recent.others.find((other) => other.seq === seq) ?? null;
  const message = log.messages[indexOfSeq(log.messages, seq)];
  if (message?.by === me) return null;
  // A page that was read after the event does not show what was counted before it.
  if (!message || (message.asOf ?? 0) >= offset) return undefined;
  return { mention: mentionsUser(message, me) };
}
