/**
 * Reports what this user does: read and received marks, the focused conversation, typing, and whose
 * presence is watched. Reports are merged and throttled, and sent again after a reconnect.
 *
 * Receipts are pushed to those who focus a conversation, and never again. So they are loaded once
 * the service knows the focus.
 */

import { throttle } from './clock.js';
import { NetworkError, ServiceError } from './errors.js';

/** @import {Clock} from './clock.js' */
/** @import {Connection} from './connection.js' */
/** @import {ChosenState, Frame, State} from './types.js' */

const READ_DELAY_MS = 250;
const RECEIVED_DELAY_MS = 150;
const WATCH_DELAY_MS = 200;
const MAX_WATCHED = 200;
const MAX_MARKS = 100;
/** Minimum time between two typing frames. The receiving side expires typing after 6 s. */
const TYPING_INTERVAL_MS = 3_000;

export class Activity {
  #connection;
  #clock;
  #dispatch;
  #state;
  #loadReceipts;
  /**
   * Read marks that are not yet acknowledged, by conversation.
   * @type {Map<string, {seq: number, isPrivate: boolean}>}
   */
  #pendingReads = new Map();
  /** @type {string | null} */
  #focus = null;
  /** @type {string[]} */
  #watched = [];
  /** @type {{conversation: string, until: number} | null} */
  #typing = null;
  #sendReadsSoon;
  #sendReceivedSoon;
  #sendWatchSoon;
  /**
   * If true, read marks are sent as private: they change the own counts only, others don't see
   * them.
   */
  privateReads = false;

  /**
   * @param {Connection} connection
   * @param {Clock} clock
   * @param {(frame: Frame) => void} dispatch
   * @param {() => State} state
   * @param {(conversation: string) => Promise<void>} loadReceipts
   */
  constructor(connection, clock, dispatch, state, loadReceipts) {
    this.#connection = connection;
    this.#clock = clock;
    this.#dispatch = dispatch;
    this.#state = state;
    this.#loadReceipts = loadReceipts;
    this.#sendReadsSoon = throttle(clock, READ_DELAY_MS, () => this.#sendReads());
    this.#sendReceivedSoon = throttle(clock, RECEIVED_DELAY_MS, () => this.#sendReceived());
    this.#sendWatchSoon = throttle(clock, WATCH_DELAY_MS, () => this.#sendWatch());
  }

  /** Send the whole state again after a reconnect. */
  onReconnect() {
    if (this.#focus) this.#sendFocus();
    if (this.#watched.length) this.#sendWatch();
    this.#typing = null;
    this.#sendReads();
    this.reportReceived();
  }

  /**
   * Mark messages up to *seq* as read: in the state at once, at the service within 250 ms.
   * @param {string} conversation
   * @param {number} seq
   */
  markRead(conversation, seq) {
    const known = this.#state().conversations.get(conversation);
    if (!known || known.left || seq <= known.head.read) return;
    this.#moveReadMark(conversation, seq, false);
  }

  /**
   * Remove the "marked as unread" flag when the user opens the conversation. The mark is sent as
   * private, because nothing more was read.
   * @param {string} conversation
   */
  clearUnreadMark(conversation) {
    const known = this.#state().conversations.get(conversation);
    if (!known?.head.marked_unread || known.left) return;
    this.#moveReadMark(
      conversation,
      known.head.read,
      this.#pendingReads.get(conversation)?.isPrivate ?? true,
    );
  }

  /**
   * Mark every message as read and remove the "marked as unread" flag.
   * @param {string} conversation
   */
  markAllRead(conversation) {
    const head = this.#state().conversations.get(conversation)?.head;
    this.markRead(conversation, head?.seq ?? 0);
    this.clearUnreadMark(conversation);
  }

  /** Report messages that reached this device, within 150 ms. */
  reportReceived() {
    if (Object.keys(this.#unreportedMarks()).length) this.#sendReceivedSoon();
  }

  /**
   * Report the conversation that the user looks at.
   * @param {string | null} conversation null if none is visible
   */
  setFocus(conversation) {
    if (conversation === this.#focus) return;
    this.#focus = conversation;
    this.#sendFocus();
  }

  /**
   * Report that the user types, at most every 3 s, or that they stopped.
   * @param {string} conversation
   * @param {boolean} isTyping
   */
  setTyping(conversation, isTyping) {
    // Nobody hears of a conversation that does not exist yet.
    if (!this.#state().conversations.has(conversation)) return;
    const now = this.#clock.now();
    const current = this.#typing?.conversation === conversation ? this.#typing : null;
    if (isTyping && current && now < current.until) return;
    if (!isTyping && !current) return;
    this.#typing = isTyping ? { conversation, until: now + TYPING_INTERVAL_MS } : null;
    this.#connection.send('typing', { conversation, on: isTyping });
  }

  /**
   * Watch the presence of these users, at most 200; replaces the previous list.
   * @param {string[]} users
   */
  watchPresence(users) {
    const next = [...new Set(users)].slice(0, MAX_WATCHED);
    if (
      next.length === this.#watched.length &&
      next.every((user, index) => user === this.#watched[index])
    )
      return;
    this.#watched = next;
    this.#sendWatchSoon();
  }

  /**
   * Choose how others see this user, on all devices and until the next choice.
   * @param {ChosenState} state
   * @param {string} [text] status text
   */
  async choosePresence(state, text) {
    await this.#connection.request('presence.set', { state, text });
    this.#dispatch({ type: 'presence-chosen', presence: { state, text } });
  }

  async #sendFocus() {
    const conversation = this.#focus;
    const answer = await this.#request('focus', { conversation });
    if (answer && conversation) await this.#loadReceipts(conversation);
  }

  async #sendReads() {
    for (const [conversation, mark] of this.#pendingReads) {
      const ok = await this.#request('read', {
        conversation,
        seq: mark.seq,
        private: this.privateReads || mark.isPrivate || undefined,
      });
      if (ok && this.#pendingReads.get(conversation) === mark)
        this.#pendingReads.delete(conversation);
    }
  }

  /**
   * @param {string} conversation
   * @param {number} seq
   * @param {boolean} isPrivate hide it from others
   */
  #moveReadMark(conversation, seq, isPrivate) {
    this.#dispatch({ type: 'read', conversation, seq });
    this.#pendingReads.set(conversation, { seq, isPrivate });
    this.#sendReadsSoon();
  }

  /** @returns {Record<string, number>} seq to report as received, by conversation; at most 100 */
  #unreportedMarks() {
    const { conversations, me } = this.#state();
    /** @type {Record<string, number>} */
    const marks = {};
    for (const [id, { head, left }] of conversations) {
      if (!left && head.seq > head.received && head.last?.by !== me?.id) marks[id] = head.seq;
      if (Object.keys(marks).length === MAX_MARKS) break;
    }
    return marks;
  }

  async #sendReceived() {
    const marks = this.#unreportedMarks();
    if (!Object.keys(marks).length) return;
    if (await this.#request('received', { marks })) {
      this.#dispatch({ type: 'received', marks });
      this.reportReceived();
    }
  }

  async #sendWatch() {
    const answer = await this.#request('presence.watch', { users: this.#watched });
    if (answer) this.#dispatch({ type: 'presences', states: answer.states ?? [] });
  }

  /**
   * Send a request. A failure is ignored: the report is sent again after the next welcome or with
   * the next mark.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   * @returns {Promise<Frame | null>} the answer, or null if it failed
   */
  async #request(type, fields) {
    try {
      return await this.#connection.request(type, fields);
    } catch (error) {
      if (error instanceof ServiceError || error instanceof NetworkError) return null;
      throw error;
    }
  }
}
