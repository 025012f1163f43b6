/**
 * The log of a conversation: its loaded run of messages, and how events and pages extend it. Pure
 * functions.
 */

import { MESSAGE_KINDS, SKIPPED_KINDS } from './kinds.js';
import { withMessageEvent } from './message-events.js';

/** @import {ConversationEvent, Log, LoggedMessage, Message, SystemMessage} from '../types.js' */

/** @type {Log} */
export const EMPTY_LOG = Object.freeze({
  loaded: false,
  offset: 0,
  messages: [],
  systemMessages: [],
  moreBefore: true,
  moreAfter: false,
  pins: null,
  quoted: new Map(),
});

/** @param {Message} message @param {number} asOf @returns {LoggedMessage} */
export const withTime = (message, asOf) => ({ ...message, time: Date.parse(message.at), asOf });

/** @param {ConversationEvent} event @returns {LoggedMessage} */
function messageOf(event) {
  const { conversation, offset, by, at, session, data } = event;
  const { kind, body, reply_to, mentions, revision = 1, edited_at, recalled, forwarded } = data;
  const seq = /** @type {number} */ (event.seq);
  const key = /** @type {string} */ (event.key);
  const message = { conversation, seq, offset, by, at, key, session, kind, body, revision };
  const more = { reply_to, mentions, edited_at, recalled, forwarded };
  return withTime({ ...message, ...more }, offset);
}

/**
 * The log after the next event. If the run does not reach the newest message, a new message is not
 * appended: it belongs after the part that is not loaded.
 * @param {Log} log
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Log}
 */
export function appendEvent(log, event, me) {
  const next = { ...log, offset: event.offset };
  if (MESSAGE_KINDS.has(event.kind)) return withMessageEvent(next, event, me);
  if (event.kind !== 'message.posted') {
    return { ...next, systemMessages: withSystemMessages(log.systemMessages, [event]) };
  }
  const last = log.messages.at(-1);
  if (log.moreAfter || (last && last.seq >= /** @type {number} */ (event.seq))) return next;
  return { ...next, messages: [...log.messages, messageOf(event)] };
}

/** @param {string} kind */
const isSystemMessage = (kind) =>
  kind !== 'message.posted' && !MESSAGE_KINDS.has(kind) && !SKIPPED_KINDS.has(kind);

/**
 * Add events that are shown between messages.
 * @param {ConversationEvent[]} events
 * @returns {SystemMessage[]} ascending by offset, without duplicates
 * @param {SystemMessage[]} systemMessages
 */
export function withSystemMessages(systemMessages, events) {
  const known = new Set(systemMessages.map(({ offset }) => offset));
  const fresh = events
    .filter(({ kind, offset }) => isSystemMessage(kind) && !known.has(offset))
    .map((event) => ({ ...event, time: Date.parse(event.at) }));
  if (!fresh.length) return systemMessages;
  return [...systemMessages, ...fresh].sort((one, other) => one.offset - other.offset);
}

/**
 * @typedef {object} Page
 * @property {Message[]} messages ascending by seq
 * @property {boolean} more_before
 * @property {boolean} more_after
 * @property {'newest' | 'before' | 'after' | 'around'} place
 * @property {number} [as_of] events up to this offset are contained in the messages
 * @property {number} base offset of the head when the page was requested: its least `as_of`
 */

/**
 * Add a page of messages. A page that is not adjacent to the run replaces it. Events that were
 * committed after the page was read are fetched again, like those of any other gap.
 * @param {Log} log
 * @param {Page} page
 * @returns {Log}
 */
export function withPage(log, page) {
  const asOf = page.as_of ?? page.base;
  const messages = page.messages.map((message) => withTime(message, asOf));
  const known = { ...log, loaded: true, offset: log.loaded ? Math.min(log.offset, asOf) : asOf };
  const isAdjacentToRun = log.loaded && isAdjacent(log.messages, messages);
  if (page.place === 'before' && isAdjacentToRun)
    return {
      ...known,
      messages: joinRuns(messages, log.messages),
      moreBefore: page.more_before,
    };
  if (page.place === 'after' && isAdjacentToRun)
    return { ...known, messages: joinRuns(log.messages, messages), moreAfter: page.more_after };
  return { ...known, messages, moreBefore: page.more_before, moreAfter: page.more_after };
}

/** @param {LoggedMessage[]} run @param {LoggedMessage[]} page */
function isAdjacent(run, page) {
  const [first, last] = [page[0], page.at(-1)];
  const [start, end] = [run[0], run.at(-1)];
  if (!first || !last || !start || !end) return true;
  return first.seq <= end.seq + 1 && last.seq >= start.seq - 1;
}

/** @param {LoggedMessage[]} older @param {LoggedMessage[]} newer */
function joinRuns(older, newer) {
  const from = newer[0]?.seq ?? Infinity;
  return [...older.filter((message) => message.seq < from), ...newer];
}
