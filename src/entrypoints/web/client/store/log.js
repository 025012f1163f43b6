/** The loaded run of messages of one conversation, and how events and pages extend it. Pure. */

/** @import {ConversationEvent, Log, LoggedMessage, Message, Note} from '../types.js' */

/** @type {Log} */
export const EMPTY = Object.freeze({
  loaded: false,
  offset: 0,
  messages: [],
  notes: [],
  moreBefore: true,
  moreAfter: false,
});

/** @param {Message} message @returns {LoggedMessage} */
export const timed = (message) => ({ ...message, time: Date.parse(message.at) });

/** @param {ConversationEvent} event @returns {LoggedMessage} */
function messageOf(event) {
  const { conversation, offset, by, at, session, data } = event;
  const { kind, body, reply_to, mentions, revision = 1 } = data;
  const seq = /** @type {number} */ (event.seq);
  const key = /** @type {string} */ (event.key);
  return timed({
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
 * The log after the event that follows it. A run that does not reach the newest message stays as
 * it is: what is new belongs behind the part that is not loaded.
 * @param {Log} log
 * @param {ConversationEvent} event
 * @returns {Log}
 */
export function extend(log, event) {
  const next = { ...log, offset: event.offset };
  if (event.kind !== 'message.posted') {
    return { ...next, notes: withNotes(log.notes, [event]) };
  }
  const last = log.messages.at(-1);
  if (log.moreAfter || (last && last.seq >= /** @type {number} */ (event.seq))) return next;
  return { ...next, messages: [...log.messages, messageOf(event)] };
}

/**
 * Add events that are shown between messages.
 * @param {Note[]} notes
 * @param {ConversationEvent[]} events
 * @returns {Note[]} ascending by offset, each once
 */
export function withNotes(notes, events) {
  const known = new Set(notes.map((note) => note.offset));
  const fresh = events
    .filter((event) => event.kind !== 'message.posted' && !known.has(event.offset))
    .map((event) => ({ ...event, time: Date.parse(event.at) }));
  if (!fresh.length) return notes;
  return [...notes, ...fresh].sort((one, other) => one.offset - other.offset);
}

/**
 * @typedef {object} Page
 * @property {Message[]} messages ascending by seq
 * @property {boolean} more_before
 * @property {boolean} more_after
 * @property {'newest' | 'before' | 'after' | 'around'} place
 * @property {number} base offset of the head when the page was asked for
 */

/**
 * Take a page of history. A page that does not touch the run replaces it.
 * @param {Log} log
 * @param {Page} page
 * @returns {Log}
 */
export function withPage(log, page) {
  const messages = page.messages.map(timed);
  const touches = log.loaded && touching(log.messages, messages);
  if (page.place === 'before' && touches) {
    return { ...log, messages: join(messages, log.messages), moreBefore: page.more_before };
  }
  if (page.place === 'after' && touches) {
    return attach(
      { ...log, messages: join(log.messages, messages), moreAfter: page.more_after },
      page,
    );
  }
  return attach(
    {
      loaded: true,
      offset: page.base,
      messages,
      notes: log.notes,
      moreBefore: page.more_before,
      moreAfter: page.more_after,
    },
    page,
  );
}

/**
 * A run that has just come to reach the end knows events up to `base` for sure. What was committed
 * while the page travelled is fetched as after any other hole.
 * @param {Log} log
 * @param {Page} page
 * @returns {Log}
 */
const attach = (log, page) =>
  log.moreAfter ? log : { ...log, offset: Math.min(log.offset, page.base) };

/** @param {LoggedMessage[]} run @param {LoggedMessage[]} page */
function touching(run, page) {
  const [first, last] = [page[0], page.at(-1)];
  const [start, end] = [run[0], run.at(-1)];
  if (!first || !last || !start || !end) return true;
  return first.seq <= end.seq + 1 && last.seq >= start.seq - 1;
}

/** @param {LoggedMessage[]} older @param {LoggedMessage[]} newer */
function join(older, newer) {
  const from = newer[0]?.seq ?? Infinity;
  return [...older.filter((message) => message.seq < from), ...newer];
}

/**
 * Where a message stands in the run.
 * @param {readonly LoggedMessage[]} messages
 * @param {number} seq
 * @returns {number} its index, or -1
 */
export function indexOf(messages, seq) {
  const first = messages[0];
  if (!first) return -1;
  // The run has no hole, so the number is the place.
  const index = seq - first.seq;
  return messages[index]?.seq === seq ? index : -1;
}
