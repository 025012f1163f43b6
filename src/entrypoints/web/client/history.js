/**
 * Loads pages of messages before, after and around the loaded ones, with one request at a time for
 * each kind of page.
 */

import { NetworkError, ServiceError } from './errors.js';
import { MESSAGE_LIFE_LEVEL } from './limits.js';
import { incompleteMessages } from './store/loaded.js';
import { indexOfSeq } from './store/log-run.js';
import { missingQuotes } from './store/quotes.js';

/** @import {Api} from './api.js' */
/** @import {Frame, Message, State} from './types.js' */

const MESSAGES_PER_PAGE = 60;
const EVENTS_PER_PAGE = 200;
/** If a page has more gaps than this between its messages, they are loaded together. */
const MAX_GAPS = 6;
/** Changes of messages make the gaps long; beyond this, system messages are not loaded. */
const MAX_EVENTS = 600;

/**
 * Find the ranges of offsets between messages; they belong to other events.
 * @param {Pick<Message, 'offset'>[]} messages ascending by offset
 * @param {number | null} from offset before the first message of the page; null if unknown
 * @returns {{after: number, limit: number}[]}
 */
export function gapsBetween(messages, from) {
  const gaps = [];
  let last = from;
  for (const { offset } of messages) {
    if (last !== null && offset > last + 1) gaps.push({ after: last, limit: offset - last - 1 });
    last = offset;
  }
  return gaps;
}

/**
 * The ranges of offsets to load for gaps: each gap by itself, or all of them with what is between.
 * @param {{after: number, limit: number}[]} gaps ascending
 * @returns {{after: number, limit: number}[]} none if too many events would be loaded
 */
export function rangesOf(gaps) {
  if (gaps.length <= MAX_GAPS) return gaps;
  const start = gaps[0].after;
  const last = gaps[gaps.length - 1];
  const count = last.after + last.limit - start;
  if (count > MAX_EVENTS) return [];
  const ranges = [];
  for (let done = 0; done < count; done += EVENTS_PER_PAGE)
    ranges.push({ after: start + done, limit: Math.min(EVENTS_PER_PAGE, count - done) });
  return ranges;
}

export class MessageHistory {
  #api;
  #dispatch;
  #state;
  /** @type {Map<string, Promise<boolean>>} */
  #loading = new Map();

  /**
   * @param {Api} api
   * @param {(frame: Frame) => void} dispatch
   * @param {() => State} state
   */
  constructor(api, dispatch, state) {
    this.#api = api;
    this.#dispatch = dispatch;
    this.#state = state;
  }

  /**
   * Load the newest page. Loaded messages that are not adjacent to it are dropped.
   * @param {string} id
   */
  loadNewest(id) {
    return this.#loadOnce(id, 'newest', {});
  }

  /** Load the page before the loaded messages. @param {string} id */
  loadBefore(id) {
    const log = this.#log(id);
    const first = log?.messages[0];
    if (!log?.loaded || !log.moreBefore || !first) return Promise.resolve(false);
    return this.#loadOnce(id, 'before', { before: first.seq });
  }

  /**
   * Load the page after the loaded messages, if they do not reach the newest one.
   * @param {string} id
   */
  loadAfter(id) {
    const log = this.#log(id);
    const last = log?.messages.at(-1);
    if (!log?.loaded || !log.moreAfter || !last) return Promise.resolve(false);
    return this.#loadOnce(id, 'after', { after: last.seq });
  }

  /**
   * Load the messages around *seq*, unless it is loaded already.
   * @param {string} id
   * @param {number} seq
   * @returns {Promise<boolean>} false if there is no such message
   */
  async loadAround(id, seq) {
    if (indexOfSeq(this.#log(id)?.messages ?? [], seq) >= 0) return true;
    await this.#loadOnce(id, 'around', { around: seq });
    return indexOfSeq(this.#log(id)?.messages ?? [], seq) >= 0;
  }

  /**
   * Load the messages that loaded ones quote and that are not loaded themselves.
   * @param {string} id
   * @returns {Promise<boolean>} whether there were any
   */
  loadQuotes(id) {
    const missing = () => {
      const conversation = this.#state().conversations.get(id);
      return conversation?.log.loaded ? missingQuotes(conversation) : [];
    };
    if (!missing().length || this.#state().level < MESSAGE_LIFE_LEVEL)
      return Promise.resolve(false);
    return this.#once(`${id} quotes`, async () => {
      for (let seqs = missing(); seqs.length; seqs = missing()) {
        const { messages, as_of } = await this.#api.messages.get(id, seqs);
        this.#dispatch({ type: 'quotes', conversation: id, seqs, messages, as_of });
      }
      return true;
    });
  }

  /**
   * Load what is missing beside the messages of a conversation that was opened: those that they
   * quote, the pinned ones, and those of which something is unknown.
   * @param {string} id
   */
  async loadMissing(id) {
    await Promise.all([this.loadQuotes(id), this.loadPins(id), this.loadIncomplete(id)]);
  }

  /**
   * Load the list of pinned messages, unless it is loaded already.
   * @param {string} id
   * @returns {Promise<boolean>} whether it was loaded
   */
  loadPins(id) {
    const log = this.#log(id);
    const isKnown = !log?.loaded || log.pins !== null;
    if (isKnown || this.#state().level < MESSAGE_LIFE_LEVEL) return Promise.resolve(false);
    return this.#once(`${id} pins`, async () => {
      const { pins, as_of } = await this.#api.messages.listPins(id);
      this.#dispatch({ type: 'pins', conversation: id, pins, as_of });
      return true;
    });
  }

  /**
   * Load messages again of which something is unknown: pinned ones that are not loaded, and polls in
   * which this user voted on another device.
   * @param {string} id
   * @returns {Promise<boolean>} whether there were any
   */
  loadIncomplete(id) {
    const missing = () => incompleteMessages(this.#log(id));
    if (!missing().length) return Promise.resolve(false);
    return this.#once(`${id} incomplete`, async () => {
      const seqs = missing();
      const { messages, as_of } = await this.#api.messages.get(id, seqs);
      this.#dispatch({ type: 'messages', conversation: id, seqs, messages, as_of });
      return true;
    });
  }

  /** @param {string} id */
  #log(id) {
    return this.#state().conversations.get(id)?.log;
  }

  /**
   * @param {string} id
   * @param {'newest' | 'before' | 'after' | 'around'} place
   * @param {{before?: number, after?: number, around?: number}} where
   * @returns {Promise<boolean>} whether a page was loaded
   */
  #loadOnce(id, place, where) {
    return this.#once(`${id} ${place}`, () => this.#fetchPage(id, place, where));
  }

  /** @param {string} name @param {() => Promise<boolean>} load @returns {Promise<boolean>} */
  #once(name, load) {
    let request = this.#loading.get(name);
    if (!request) {
      request = load().finally(() => this.#loading.delete(name));
      this.#loading.set(name, request);
    }
    return request;
  }

  /**
   * @param {string} id
   * @param {'newest' | 'before' | 'after' | 'around'} place
   * @param {{before?: number, after?: number, around?: number}} where
   */
  async #fetchPage(id, place, where) {
    const base = this.#state().conversations.get(id)?.head.offset ?? 0;
    const answer = await this.#api.listMessages(id, { ...where, limit: MESSAGES_PER_PAGE });
    this.#dispatch({ type: 'page', conversation: id, page: { ...answer, place, base } });
    // System messages are loaded separately: the page does not wait for them and tolerates their
    // absence.
    this.#loadSystemMessages(id, answer.messages, answer.more_before, place).catch((error) => {
      if (!(error instanceof ServiceError || error instanceof NetworkError)) throw error;
    });
    return true;
  }

  /**
   * Load the events between the messages of a page: members added and removed, new titles.
   * @param {string} id
   * @param {Message[]} messages
   * @param {boolean} moreBefore
   * @param {string} place
   */
  async #loadSystemMessages(id, messages, moreBefore, place) {
    const log = this.#log(id);
    if (!log) return;
    // If the page ends at the newest message, later events belong to it as well.
    const end = log.moreAfter || place === 'before' ? [] : [{ offset: log.offset + 1 }];
    const gaps = gapsBetween([...messages, ...end], moreBefore ? null : 0);
    for (const { after, limit } of rangesOf(gaps)) {
      const { events, reset } = await this.#api.listEvents(
        id,
        after,
        Math.min(limit, EVENTS_PER_PAGE),
      );
      if (!reset) this.#dispatch({ type: 'system-messages', conversation: id, events });
    }
  }
}
