/**
 * The rows of a timeline: days, the unread line, notes, and messages grouped by who wrote them
 * when. A message that looks as before keeps its row, the very same object: among twenty thousand
 * a new one costs little, and what did not change is not painted again.
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

/** The row that each message had last. @type {WeakMap<LoggedMessage | Entry, MessageItem>} */
const known = new WeakMap();

/** @typedef {Item | LoggedMessage | Entry} Found what stands there, before messages get their rows */

/**
 * Where a making of rows stands: what was found so far, the next note, the day, and whether the
 * unread line is drawn. A copy from before the last message lets the next making go on from there.
 * @typedef {{at: number, note: number, today: number, tomorrow: number, lined: boolean}} Stand
 */

/** The rows of one timeline, made again and again. */
export class Rows {
  /** @type {Picture | null} */
  #picture = null;
  /** @type {Found[]} */
  #found = [];
  /** @type {Item[]} */
  #rows = [];
  /** @type {Stand} */
  #stand = { at: 0, note: 0, today: 0, tomorrow: 0, lined: false };
  /** From before the last message. @type {Stand} */
  #kept = this.#stand;

  /**
   * Make the rows. What is the same as last time up to the last message is not made again.
   * @param {Picture} picture
   * @returns {Item[]} never changed afterwards
   */
  make(picture) {
    const { log, pending } = picture;
    const resumes = this.#picture !== null && continues(this.#picture, picture);
    const from = resumes ? /** @type {Picture} */ (this.#picture).log.messages.length - 1 : 0;
    if (resumes) this.#stand = { ...this.#kept };
    else this.#begin(picture);
    this.#picture = picture;
    this.#found.length = this.#stand.at;
    const done = this.#found.length;
    if (!resumes)
      this.#found.push(
        log.moreBefore ? { key: 'more', kind: 'more' } : { key: 'start', kind: 'start' },
      );
    for (let index = from; index < log.messages.length; index++) {
      if (index === log.messages.length - 1)
        this.#kept = { ...this.#stand, at: this.#found.length };
      this.#message(log.messages[index], picture);
    }
    if (!log.moreAfter) {
      this.#notes(log, Infinity);
      for (const entry of pending) {
        this.#day(entry.time);
        this.#found.push(entry);
      }
    }
    this.#rows = [...this.#rows.slice(0, done), ...grouped(this.#found, done, picture)];
    return this.#rows;
  }

  /** @param {Picture} picture */
  #begin({ log: { messages, moreBefore, notes }, unread }) {
    const [first] = messages;
    // The line has its place only where what stands around it is loaded.
    const lined = !unread || (moreBefore && (first?.seq ?? 0) > unread.after + 1);
    this.#stand = { at: 0, note: 0, today: -Infinity, tomorrow: -Infinity, lined };
    // Notes from before the loaded run would stand in a hole.
    if (moreBefore && first)
      while ((notes[this.#stand.note]?.offset ?? Infinity) < first.offset) this.#stand.note += 1;
  }

  /** @param {LoggedMessage} message @param {Picture} picture */
  #message(message, { log, me, unread }) {
    this.#notes(log, message.offset);
    this.#day(message.time);
    if (!this.#stand.lined && unread && message.seq > unread.after && message.by !== me) {
      this.#stand.lined = true;
      this.#found.push({ key: 'unread', kind: 'unread', count: unread.count });
    }
    this.#found.push(message);
  }

  /** @param {number} time */
  #day(time) {
    const stand = this.#stand;
    // Most messages are of the day of the one before: only the first one is looked at closely.
    if (time < stand.tomorrow) return;
    const number = dayOf(time);
    if (number > stand.today) this.#found.push({ key: `d/${number}`, kind: 'day', time });
    stand.today = Math.max(stand.today, number);
    stand.tomorrow = new Date(time).setHours(24, 0, 0, 0);
  }

  /** @param {Log} log @param {number} offset */
  #notes({ notes }, offset) {
    for (; (notes[this.#stand.note]?.offset ?? Infinity) < offset; this.#stand.note++) {
      const note = notes[this.#stand.note];
      this.#day(note.time);
      this.#found.push({ key: `n/${note.offset}`, kind: 'note', note });
    }
  }
}

/**
 * Whether a picture shows what another shows, and perhaps more messages at the end.
 * @param {Picture} before
 * @param {Picture} after
 */
function continues(before, after) {
  const { messages } = before.log;
  return (
    messages.length > 0 &&
    before.log.notes === after.log.notes &&
    before.log.moreBefore === after.log.moreBefore &&
    before.unread === after.unread &&
    before.me === after.me &&
    before.group === after.group &&
    messages.every((message, index) => message === after.log.messages[index])
  );
}

/** @param {Found} one @returns {one is LoggedMessage | Entry} */
const isMessage = (one) => 'body' in one;

/** @param {LoggedMessage | Entry} message */
const author = (message) => ('by' in message ? message.by : message.user);

/**
 * The rows of what was found from a place on.
 * @param {Found[]} found
 * @param {number} from
 * @param {Picture} picture
 * @returns {Item[]}
 */
function grouped(found, from, { me, group }) {
  /** @type {Item[]} */
  const rows = [];
  let joined = from > 0 && together(found[from - 1], found[from]);
  for (let index = from; index < found.length; index++) {
    const one = found[index];
    const joins = together(one, found[index + 1]);
    rows.push(isMessage(one) ? row(one, me, group, !joined, !joins) : one);
    joined = joins;
  }
  return rows;
}

/** Whether one person said both, soon after each other. @param {Found} one @param {Found} [next] */
const together = (one, next) =>
  next !== undefined &&
  isMessage(one) &&
  isMessage(next) &&
  next.time - one.time <= TOGETHER &&
  author(one) === author(next);

/**
 * @param {LoggedMessage | Entry} message
 * @param {string} me
 * @param {boolean} group
 * @param {boolean} first
 * @param {boolean} last
 * @returns {MessageItem}
 */
function row(message, me, group, first, last) {
  const by = author(message);
  const own = by === me;
  const named = group && !own && first;
  const before = known.get(message);
  if (before?.first === first && before.last === last && before.named === named) return before;
  const key = before?.key ?? rowKey({ key: message.key, by }, me);
  /** @type {MessageItem} */
  const made = { key, kind: 'message', message, own, first, last, named };
  known.set(message, made);
  return made;
}

/** How high a row will be about, before it was ever shown. @param {Item} item */
export function estimate(item) {
  if (item.kind !== 'message') return item.kind === 'start' ? 200 : 44;
  const text = String(item.message.body.text ?? '');
  const lines = Math.ceil(text.length / 60) + text.split('\n').length - 1;
  return 18 + 21 * Math.max(1, lines) + (item.first ? 8 : 2) + (item.named ? 20 : 0);
}
