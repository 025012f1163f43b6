/**
 * The log of a conversation: its loaded run of messages, and how events and pages extend it. Pure
 * functions.
 */

/** @import {ConversationEvent, Log, LoggedMessage, Message, SystemMessage} from '../types.js' */

/** @type {Log} */
export const EMPTY_LOG = Object.freeze({
  loaded: false,
  offset: 0,
  messages: [],
  systemMessages: [],
  moreBefore: true,
  moreAfter: false,
});

/** @param {Message} message @returns {LoggedMessage} */
export const withTime = (message) => ({ ...message, time: Date.parse(message.at) });

/** @param {ConversationEvent} event @returns {LoggedMessage} */
function messageOf(event) {
  const { conversation, offset, by, at, session, data } = event;
  const { kind, body, reply_to, mentions, revision = 1 } = data;
  const seq = /** @type {number} */ (event.seq);
  const key = /** @type {string} */ (event.key);
  return withTime({
    conversation,
    seq,
    offset,
    by,
    at,
    key,
    session,
    kind,
    body,
    reply_to,
    mentions,
    revision,
  });
}

/**
 * The log after the next event. If the run does not reach the newest message, a new message is not
 * appended: it belongs after the part that is not loaded.
 * @param {Log} log
 * @param {ConversationEvent} event
 * @returns {Log}
 */
export function appendEvent(log, event) {
  const next = { ...log, offset: event.offset };
  if (event.kind !== 'message.posted') {
    return { ...next, systemMessages: withSystemMessages(log.systemMessages, [event]) };
  }
  const last = log.messages.at(-1);
  if (log.moreAfter || (last && last.seq >= /** @type {number} */ (event.seq))) return next;
  return { ...next, messages: [...log.messages, messageOf(event)] };
}

/**
 * Add events that are shown between messages.
 * @param {ConversationEvent[]} events
 * @returns {SystemMessage[]} ascending by offset, without duplicates
 * @param {SystemMessage[]} systemMessages
 */
export function withSystemMessages(systemMessages, events) {
  const known = new Set(systemMessages.map(({ offset }) => offset));
  const fresh = events
    .filter((event) => event.kind !== 'message.posted' && !known.has(event.offset))
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
 * @property {number} base offset of the head when the page was requested
 */

/**
 * Add a page of messages. A page that is not adjacent to the run replaces it.
 * @param {Log} log
 * @param {Page} page
 * @returns {Log}
 */
export function withPage(log, page) {
  const messages = page.messages.map(withTime);
  const isAdjacentToRun = log.loaded && isAdjacent(log.messages, messages);
  if (page.place === 'before' && isAdjacentToRun) {
    return { ...log, messages: joinRuns(messages, log.messages), moreBefore: page.more_before };
  }
  if (page.place === 'after' && isAdjacentToRun) {
    return withKnownEnd(
      { ...log, messages: joinRuns(log.messages, messages), moreAfter: page.more_after },
      page,
    );
  }
  return withKnownEnd(
    {
      loaded: true,
      offset: page.base,
      messages,
      systemMessages: log.systemMessages,
      moreBefore: page.more_before,
      moreAfter: page.more_after,
    },
    page,
  );
}

/**
 * A run that now reaches the newest message has certainly seen the events up to `base`. Events
 * committed while the page was on its way are fetched like those of any other gap.
 * @param {Log} log
 * @param {Page} page
 * @returns {Log}
 */
const withKnownEnd = (log, page) =>
  log.moreAfter ? log : { ...log, offset: Math.min(log.offset, page.base) };

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

/**
 * Find a message in the run by its seq.
 * @param {readonly LoggedMessage[]} messages
 * @param {number} seq
 * @returns {number} its index, or -1
 */
export function indexOfSeq(messages, seq) {
  const first = messages[0];
  if (!first) return -1;
  // The run has no gaps, so the index follows from the seq.
  const index = seq - first.seq;
  return messages[index]?.seq === seq ? index : -1;
}
