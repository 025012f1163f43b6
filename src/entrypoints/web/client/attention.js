/**
 * What this user looks at, told to the service: read and received marks, focus, typing, and whose
 * presence to watch. All of it is merged and sent seldom; all of it is said again after a
 * reconnect.
 */

import { soon } from './clock.js';
import { NoAnswer, Refused } from './errors.js';

/** @import {Clock} from './clock.js' */
/** @import {Link} from './socket.js' */
/** @import {Frame, PresenceState, State} from './types.js' */

const READ_WITHIN = 250;
const RECEIVED_WITHIN = 150;
const WATCH_WITHIN = 200;
const MOST_WATCHED = 200;
const MOST_MARKS = 100;
/** Between two signs of the same typing; they expire after 6 s on the other side. */
const TYPING_REST = 3_000;

export class Attention {
  #link;
  #clock;
  #dispatch;
  #state;
  /** Read marks to be sent. @type {Map<string, {seq: number, hidden: boolean}>} */
  #reads = new Map();
  /** @type {string | null} */
  #focus = null;
  /** @type {string[]} */
  #watched = [];
  /** @type {{conversation: string, until: number} | null} */
  #typing = null;
  #sendReads;
  #sendReceived;
  #sendWatch;
  /** True: read marks move the own counts only; others don't see them. */
  discreet = false;

  /**
   * @param {Link} link
   * @param {Clock} clock
   * @param {(frame: Frame) => void} dispatch
   * @param {() => State} state
   */
  constructor(link, clock, dispatch, state) {
    this.#link = link;
    this.#clock = clock;
    this.#dispatch = dispatch;
    this.#state = state;
    this.#sendReads = soon(clock, READ_WITHIN, () => this.#flushReads());
    this.#sendReceived = soon(clock, RECEIVED_WITHIN, () => this.#flushReceived());
    this.#sendWatch = soon(clock, WATCH_WITHIN, () => this.#flushWatch());
  }

  /** Say everything again on a new socket. */
  resumed() {
    if (this.#focus) this.#tell('focus', { conversation: this.#focus });
    if (this.#watched.length) this.#flushWatch();
    this.#typing = null;
    this.#flushReads();
    this.arrived();
  }

  /**
   * The user has read up to here; shown at once, told soon.
   * @param {string} conversation
   * @param {number} seq
   */
  read(conversation, seq) {
    const known = this.#state().conversations.get(conversation);
    if (!known || known.left || seq <= known.head.read) return;
    this.#note(conversation, seq, false);
  }

  /**
   * The user came to a conversation: it is not marked as unread any more. Others don't hear of it:
   * nothing more was read.
   * @param {string} conversation
   */
  unmark(conversation) {
    const known = this.#state().conversations.get(conversation);
    if (!known?.head.marked_unread || known.left) return;
    this.#note(conversation, known.head.read, this.#reads.get(conversation)?.hidden ?? true);
  }

  /**
   * Everything there is read, and nothing marked.
   * @param {string} conversation
   */
  readAll(conversation) {
    const head = this.#state().conversations.get(conversation)?.head;
    this.read(conversation, head?.seq ?? 0);
    this.unmark(conversation);
  }

  /** Messages reached this device. */
  arrived() {
    if (Object.keys(this.#unreported()).length) this.#sendReceived();
  }

  /** The conversation that the user looks at, or null. @param {string | null} conversation */
  focus(conversation) {
    if (conversation === this.#focus) return;
    this.#focus = conversation;
    this.#tell('focus', { conversation });
  }

  /**
   * Something was typed, or typing ended.
   * @param {string} conversation
   * @param {boolean} on
   */
  typing(conversation, on) {
    const now = this.#clock.now();
    const current = this.#typing?.conversation === conversation ? this.#typing : null;
    if (on && current && now < current.until) return;
    if (!on && !current) return;
    this.#typing = on ? { conversation, until: now + TYPING_REST } : null;
    this.#link.tell('typing', { conversation, on });
  }

  /** Whose presence to follow; replaces the former list. @param {string[]} users */
  watch(users) {
    const next = [...new Set(users)].slice(0, MOST_WATCHED);
    if (
      next.length === this.#watched.length &&
      next.every((user, index) => user === this.#watched[index])
    )
      return;
    this.#watched = next;
    this.#sendWatch();
  }

  /**
   * How others see this user.
   * @param {Exclude<PresenceState, 'offline'>} state
   * @param {string} [text]
   */
  async present(state, text) {
    await this.#link.request('presence.set', { state, text });
    this.#dispatch({ type: 'presence', user: this.#state().me?.id, state, text });
  }

  async #flushReads() {
    for (const [conversation, mark] of this.#reads) {
      const ok = await this.#tell('read', {
        conversation,
        seq: mark.seq,
        private: this.discreet || mark.hidden || undefined,
      });
      if (ok && this.#reads.get(conversation) === mark) this.#reads.delete(conversation);
    }
  }

  /** @param {string} conversation @param {number} seq @param {boolean} hidden from others */
  #note(conversation, seq, hidden) {
    this.#dispatch({ type: 'read', conversation, seq });
    this.#reads.set(conversation, { seq, hidden });
    this.#sendReads();
  }

  /** @returns {Record<string, number>} */
  #unreported() {
    const { conversations, me } = this.#state();
    /** @type {Record<string, number>} */
    const marks = {};
    for (const [id, { head, left }] of conversations) {
      if (!left && head.seq > head.received && head.last?.by !== me?.id) marks[id] = head.seq;
      if (Object.keys(marks).length === MOST_MARKS) break;
    }
    return marks;
  }

  async #flushReceived() {
    const marks = this.#unreported();
    if (!Object.keys(marks).length) return;
    if (await this.#tell('received', { marks })) {
      this.#dispatch({ type: 'received', marks });
      this.arrived();
    }
  }

  async #flushWatch() {
    const answer = await this.#tell('presence.watch', { users: this.#watched });
    if (answer) this.#dispatch({ type: 'presences', states: answer.states ?? [] });
  }

  /**
   * What fails here is said again after the next welcome, or with the next mark.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   * @returns {Promise<Frame | null>}
   */
  async #tell(type, fields) {
    try {
      return await this.#link.request(type, fields);
    } catch (error) {
      if (error instanceof Refused || error instanceof NoAnswer) return null;
      throw error;
    }
  }
}
