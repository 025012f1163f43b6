/**
 * Builds the rows of a timeline: days, the unread divider, system messages, and messages grouped by
 * sender and time. An unchanged message keeps the identical row object, so that with 20,000
 * messages a new one is cheap and unchanged rows are not rendered again.
 */

import { dayNumber } from './i18n.js';

/** @import {OutboxEntry, Log, LoggedMessage, SystemMessage} from '../client/types.js' */
/**
 * @typedef {{key: string, kind: 'day', time: number} | {key: string, kind: 'unread', count: number} |
 *   {key: string, kind: 'start' | 'more'} | {key: string, kind: 'system', message: SystemMessage} | MessageRow} TimelineRow
 */
/**
 * @typedef {object} MessageRow
 * @property {string} key
 * @property {'message'} kind
 * @property {LoggedMessage | OutboxEntry} message
 * @property {boolean} own
 * @property {boolean} first first of its group
 * @property {boolean} last last of its group
 * @property {boolean} showsAuthor in a group: the sender's name is above the message
 */

/** Messages of one sender within this time form a group. */
const GROUP_WINDOW_MS = 5 * 60_000;

/**
 * @typedef {object} TimelineInput
 * @property {Log} log
 * @property {OutboxEntry[]} pending unsent messages
 * @property {string} me id of this user
 * @property {boolean} group
 * @property {{after: number, count: number} | null} unread the divider follows this seq
 */

/**
 * The key of a message's row. It stays the same when the message is acknowledged.
 * @param {{key: string, by?: string}} message
 * @param {string} me
 */
export const rowKey = (message, me) => `m/${message.by ?? me}/${message.key}`;

/** The last row of each message. @type {WeakMap<LoggedMessage | OutboxEntry, MessageRow>} */
const lastRowOf = new WeakMap();

/**
 * An entry of the timeline before messages are grouped into rows.
 * @typedef {TimelineRow | LoggedMessage | OutboxEntry} TimelineEntry what stands there, before
 *   messages get their rows
 */

/**
 * The state of a build: entries so far, next system message, current day, and whether the unread
 * divider is placed. A copy from before the last message lets the next build continue from there.
 * @typedef {{length: number, nextSystemMessage: number, today: number, tomorrow: number,
 *   isUnreadShown: boolean}} BuildState
 */

/** Builds the rows of one timeline, incrementally. */
export class TimelineRowBuilder {
  /** @type {TimelineInput | null} */
  #input = null;
  /** @type {TimelineEntry[]} */
  #entries = [];
  /** @type {TimelineRow[]} */
  #rows = [];
  /** @type {BuildState} */
  #state = { length: 0, nextSystemMessage: 0, today: 0, tomorrow: 0, isUnreadShown: false };
  /** The state before the last message. @type {BuildState} */
  #stateBeforeLast = this.#state;

  /**
   * Build the rows. If only messages at the end were added, everything before the last message is
   * reused.
   * @param {TimelineInput} input
   * @returns {TimelineRow[]} never changed afterwards
   */
  build(input) {
    const { log, pending } = input;
    const canContinue = this.#input !== null && isContinuation(this.#input, input);
    const from = canContinue
      ? /** @type {TimelineInput} */ (this.#input).log.messages.length - 1
      : 0;
    if (canContinue) this.#state = { ...this.#stateBeforeLast };
    else this.#start(input);
    this.#input = input;
    this.#entries.length = this.#state.length;
    const done = this.#entries.length;
    if (!canContinue)
      this.#entries.push(
        log.moreBefore ? { key: 'more', kind: 'more' } : { key: 'start', kind: 'start' },
      );
    for (let index = from; index < log.messages.length; index++) {
      if (index === log.messages.length - 1)
        this.#stateBeforeLast = { ...this.#state, length: this.#entries.length };
      if (!log.messages[index].hidden) this.#addMessage(log.messages[index], input);
    }
    if (!log.moreAfter) {
      this.#addSystemMessages(log, Infinity);
      for (const entry of pending) {
        this.#addDay(entry.time);
        this.#entries.push(entry);
      }
    }
    this.#rows = [...this.#rows.slice(0, done), ...toRows(this.#entries, done, input)];
    return this.#rows;
  }

  /** @param {TimelineInput} input */
  #start({ log: { messages, moreBefore, systemMessages }, unread }) {
    const [first] = messages;
    // The divider needs the messages around it to be loaded.
    const isUnreadShown = !unread || (moreBefore && (first?.seq ?? 0) > unread.after + 1);
    this.#state = {
      length: 0,
      nextSystemMessage: 0,
      today: -Infinity,
      tomorrow: -Infinity,
      isUnreadShown,
    };
    // System messages before the loaded run are left out.
    if (moreBefore && first)
      while ((systemMessages[this.#state.nextSystemMessage]?.offset ?? Infinity) < first.offset)
        this.#state.nextSystemMessage += 1;
  }

  /** @param {LoggedMessage} message @param {TimelineInput} input */
  #addMessage(message, { log, me, unread }) {
    this.#addSystemMessages(log, message.offset);
    this.#addDay(message.time);
    if (!this.#state.isUnreadShown && unread && message.seq > unread.after && message.by !== me) {
      this.#state.isUnreadShown = true;
      this.#entries.push({ key: 'unread', kind: 'unread', count: unread.count });
    }
    this.#entries.push(message);
  }

  /** @param {number} time */
  #addDay(time) {
    const state = this.#state;
    // Most messages are from the same day as the previous one, so the date is computed only when
    // needed.
    if (time < state.tomorrow) return;
    const today = dayNumber(time);
    if (today > state.today) this.#entries.push({ key: `d/${today}`, kind: 'day', time });
    state.today = Math.max(state.today, today);
    state.tomorrow = new Date(time).setHours(24, 0, 0, 0);
  }

  /** @param {Log} log @param {number} offset */
  #addSystemMessages({ systemMessages }, offset) {
    for (
      ;
      (systemMessages[this.#state.nextSystemMessage]?.offset ?? Infinity) < offset;
      this.#state.nextSystemMessage++
    ) {
      const systemMessage = systemMessages[this.#state.nextSystemMessage];
      this.#addDay(systemMessage.time);
      this.#entries.push({
        key: `n/${systemMessage.offset}`,
        kind: 'system',
        message: systemMessage,
      });
    }
  }
}

/**
 * Whether *after* shows the same as *before*, with at most further messages at the end.
 * @param {TimelineInput} before
 * @param {TimelineInput} after
 */
function isContinuation(before, after) {
  const { messages } = before.log;
  return (
    messages.length > 0 &&
    before.log.systemMessages === after.log.systemMessages &&
    before.log.moreBefore === after.log.moreBefore &&
    before.unread === after.unread &&
    before.me === after.me &&
    before.group === after.group &&
    messages.every((message, index) => message === after.log.messages[index])
  );
}

/** @param {TimelineEntry} entry @returns {entry is LoggedMessage | OutboxEntry} */
const isMessage = (entry) => 'body' in entry;

/** @param {LoggedMessage | OutboxEntry} message */
const authorOf = (message) => ('by' in message ? message.by : message.user);

/**
 * Convert the entries from an index on to rows.
 * @param {TimelineEntry[]} entries
 * @param {number} from
 * @param {TimelineInput} input
 * @returns {TimelineRow[]}
 */
function toRows(entries, from, { me, group }) {
  /** @type {TimelineRow[]} */
  const rows = [];
  let joinsPrevious = from > 0 && isSameGroup(entries[from - 1], entries[from]);
  for (let index = from; index < entries.length; index++) {
    const entry = entries[index];
    const joinsNext = isSameGroup(entry, entries[index + 1]);
    rows.push(isMessage(entry) ? messageRow(entry, me, group, !joinsPrevious, !joinsNext) : entry);
    joinsPrevious = joinsNext;
  }
  return rows;
}

/**
 * Whether two messages belong to one group: same sender, short time between them.
 * @param {TimelineEntry} entry
 * @param {TimelineEntry} [next]
 */
const isSameGroup = (entry, next) =>
  next !== undefined &&
  isMessage(entry) &&
  isMessage(next) &&
  next.time - entry.time <= GROUP_WINDOW_MS &&
  authorOf(entry) === authorOf(next);

/**
 * @param {LoggedMessage | OutboxEntry} message
 * @param {string} me
 * @param {boolean} group
 * @param {boolean} first
 * @param {boolean} last
 * @returns {MessageRow}
 */
function messageRow(message, me, group, first, last) {
  const by = authorOf(message);
  const own = by === me;
  const showsAuthor = group && !own && first;
  const before = lastRowOf.get(message);
  if (before?.first === first && before.last === last && before.showsAuthor === showsAuthor)
    return before;
  const key = before?.key ?? rowKey({ key: message.key, by }, me);
  /** @type {MessageRow} */
  const row = { key, kind: 'message', message, own, first, last, showsAuthor };
  lastRowOf.set(message, row);
  return row;
}
