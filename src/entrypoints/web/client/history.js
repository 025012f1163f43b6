/**
 * History: pages of messages, before, after and around what is loaded, each fetched once at a
 * time.
 */

import { NoAnswer, Refused } from './errors.js';
import { indexOf } from './store/log.js';

/** @import {Api} from './api.js' */
/** @import {Frame, Message, State} from './types.js' */

const MESSAGES_A_PAGE = 60;
const EVENTS_A_PAGE = 200;
/** A page with more holes than this is full of changes that are no notes; they are left out. */
const MOST_HOLES = 6;

/**
 * The runs of offsets between messages that belong to other events.
 * @param {Pick<Message, 'offset'>[]} messages ascending
 * @param {number | null} from the offset where the page begins; null where that is unknown
 * @returns {{after: number, limit: number}[]}
 */
export function holes(messages, from) {
  const found = [];
  let last = from;
  for (const { offset } of messages) {
    if (last !== null && offset > last + 1) found.push({ after: last, limit: offset - last - 1 });
    last = offset;
  }
  return found;
}

export class History {
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

  /** The newest page; what was loaded and does not touch it is dropped. @param {string} id */
  newest(id) {
    return this.#once(id, 'newest', {});
  }

  /** One page further back. @param {string} id */
  before(id) {
    const log = this.#log(id);
    const first = log?.messages[0];
    if (!log?.loaded || !log.moreBefore || !first) return Promise.resolve(false);
    return this.#once(id, 'before', { before: first.seq });
  }

  /** One page further on, where the run does not reach the newest message. @param {string} id */
  after(id) {
    const log = this.#log(id);
    const last = log?.messages.at(-1);
    if (!log?.loaded || !log.moreAfter || !last) return Promise.resolve(false);
    return this.#once(id, 'after', { after: last.seq });
  }

  /**
   * Make sure that a message is loaded, with what stands around it.
   * @param {string} id
   * @param {number} seq
   * @returns {Promise<boolean>} false where there is no such message
   */
  async around(id, seq) {
    if (indexOf(this.#log(id)?.messages ?? [], seq) >= 0) return true;
    await this.#once(id, 'around', { around: seq });
    return indexOf(this.#log(id)?.messages ?? [], seq) >= 0;
  }

  /** @param {string} id */
  #log(id) {
    return this.#state().conversations.get(id)?.log;
  }

  /**
   * @param {string} id
   * @param {'newest' | 'before' | 'after' | 'around'} place
   * @param {{before?: number, after?: number, around?: number}} where
   * @returns {Promise<boolean>} whether a page came
   */
  #once(id, place, where) {
    const name = `${id} ${place}`;
    let work = this.#loading.get(name);
    if (!work) {
      work = this.#load(id, place, where).finally(() => this.#loading.delete(name));
      this.#loading.set(name, work);
    }
    return work;
  }

  /**
   * @param {string} id
   * @param {'newest' | 'before' | 'after' | 'around'} place
   * @param {{before?: number, after?: number, around?: number}} where
   */
  async #load(id, place, where) {
    const base = this.#state().conversations.get(id)?.head.offset ?? 0;
    const answer = await this.#api.messages(id, { ...where, limit: MESSAGES_A_PAGE });
    this.#dispatch({ type: 'page', conversation: id, page: { ...answer, place, base } });
    // Notes are an ornament of the page: it does not wait for them, and does without them.
    this.#notes(id, answer.messages, answer.more_before, place).catch((error) => {
      if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    });
    return true;
  }

  /**
   * Fetch what happened between the messages of a page: who came and went, new titles.
   * @param {string} id
   * @param {Message[]} messages
   * @param {boolean} moreBefore
   * @param {string} place
   */
  async #notes(id, messages, moreBefore, place) {
    const log = this.#log(id);
    if (!log) return;
    // Where the page ends at the newest message, what followed it belongs to the page.
    const end = log.moreAfter || place === 'before' ? [] : [{ offset: log.offset + 1 }];
    const found = holes([...messages, ...end], moreBefore ? null : 0);
    if (found.length > MOST_HOLES) return;
    for (const { after, limit } of found) {
      const { events, reset } = await this.#api.events(id, after, Math.min(limit, EVENTS_A_PAGE));
      if (!reset) this.#dispatch({ type: 'notes', conversation: id, events });
    }
  }
}
