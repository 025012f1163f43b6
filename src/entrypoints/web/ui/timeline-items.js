/**
 * The rows of a timeline: days, the unread line, notes, and messages grouped by who wrote them
 * when. Pure; a row is compared by its values, so an unchanged one is not painted again.
 */

import { dayOf } from './i18n.js';

/** @import {Entry, Log, LoggedMessage, Note} from '../client/types.js' */
/**
 * @typedef {{key: string, kind: 'day', time: number} | {key: string, kind: 'unread', count: number} |
 *   {key: string, kind: 'start' | 'more'} | {key: string, kind: 'note', note: Note} | MessageItem} Item
 */
/**
 * @typedef {object} MessageItem
 * @property {string} key
 * @property {'message'} kind
 * @property {LoggedMessage | Entry} message
 * @property {boolean} own
 * @property {boolean} first first of its group
 * @property {boolean} last last of its group
 * @property {boolean} named in a group: the first message of a run by somebody else says who speaks
 */

/** Messages of one person within this time stand together. */
const TOGETHER = 5 * 60_000;

/**
 * @typedef {object} Picture
 * @property {Log} log
 * @property {Entry[]} pending
 * @property {string} me
 * @property {boolean} group
 * @property {{after: number, count: number} | null} unread the line stands after this seq
 */

/**
 * Key of the row of a message: the same before and after its acknowledgement.
 * @param {{key: string, by?: string}} message
 * @param {string} me
 */
export const rowKey = (message, me) => `m/${message.by ?? me}/${message.key}`;

/**
 * Make the rows.
 * @param {Picture} picture
 * @returns {Item[]}
 */
export function items({ log, pending, me, group, unread }) {
  /** @type {Item[]} */
  const rows = [];
  let note = 0;
  let today = -Infinity;
  let tomorrow = -Infinity;
  // The line has its place only where what stands around it is loaded.
  let lined = !unread || (log.moreBefore && (log.messages[0]?.seq ?? 0) > unread.after + 1);
  const day = (/** @type {number} */ time) => {
    // Most messages are of the day of the one before: only the first one is looked at closely.
    if (time < tomorrow) return;
    const number = dayOf(time);
    if (number > today) rows.push({ key: `d/${number}`, kind: 'day', time });
    today = Math.max(today, number);
    tomorrow = new Date(time).setHours(24, 0, 0, 0);
  };
  const notesUntil = (/** @type {number} */ offset) => {
    for (; note < log.notes.length && log.notes[note].offset < offset; note++) {
      day(log.notes[note].time);
      rows.push({ key: `n/${log.notes[note].offset}`, kind: 'note', note: log.notes[note] });
    }
  };
  rows.push(log.moreBefore ? { key: 'more', kind: 'more' } : { key: 'start', kind: 'start' });
  // Notes from before the loaded run would stand in a hole.
  if (log.moreBefore && log.messages[0])
    while (note < log.notes.length && log.notes[note].offset < log.messages[0].offset) note += 1;
  for (const message of log.messages) {
    notesUntil(message.offset);
    day(message.time);
    if (!lined && unread && message.seq > unread.after && message.by !== me) {
      lined = true;
      rows.push({ key: 'unread', kind: 'unread', count: unread.count });
    }
    rows.push(row(message, me, group));
  }
  if (!log.moreAfter) {
    notesUntil(Infinity);
    for (const entry of pending) {
      day(entry.time);
      rows.push(row(entry, me, group));
    }
  }
  return grouped(rows);
}

/**
 * @param {LoggedMessage | Entry} message
 * @param {string} me
 * @param {boolean} group
 * @returns {MessageItem}
 */
function row(message, me, group) {
  const by = 'by' in message ? message.by : me;
  const own = by === me;
  return {
    key: rowKey({ key: message.key, by }, me),
    kind: 'message',
    message,
    own,
    first: true,
    last: true,
    named: group && !own,
  };
}

/** @param {MessageItem} item */
const author = ({ message }) => ('by' in message ? message.by : message.user);

/** @param {Item[]} rows */
function grouped(rows) {
  for (let index = 1; index < rows.length; index++) {
    const [before, after] = [rows[index - 1], rows[index]];
    if (before.kind !== 'message' || after.kind !== 'message') continue;
    if (author(before) !== author(after) || after.message.time - before.message.time > TOGETHER)
      continue;
    before.last = false;
    after.first = false;
    after.named = false;
  }
  return rows;
}

/**
 * Whether two rows look the same.
 * @param {Item} one
 * @param {Item} other
 */
export function sameItem(one, other) {
  if (one === other) return true;
  if (one.kind !== other.kind || one.key !== other.key) return false;
  switch (one.kind) {
    case 'message': {
      const { message, first, last, named } = /** @type {MessageItem} */ (other);
      return (
        one.message === message && one.first === first && one.last === last && one.named === named
      );
    }
    case 'note':
      return one.note === /** @type {typeof one} */ (other).note;
    case 'unread':
      return one.count === /** @type {typeof one} */ (other).count;
    default:
      return true;
  }
}

/** How high a row will be about, before it was ever shown. @param {Item} item */
export function estimate(item) {
  if (item.kind !== 'message') return item.kind === 'start' ? 200 : 44;
  const text = String(item.message.body.text ?? '');
  const lines = Math.ceil(text.length / 60) + text.split('\n').length - 1;
  return 18 + 21 * Math.max(1, lines) + (item.first ? 8 : 2) + (item.named ? 20 : 0);
}
