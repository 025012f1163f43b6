/**
 * Changes of messages: reactions, pins and votes. Each is shown at once, stored, and sent until the
 * service has answered; those of one conversation one after the other.
 *
 * Each says a state absolutely, so sending it again is harmless, and a later change of the same thing
 * replaces one that still waits.
 */

import { retryDelay } from './close-codes.js';
import { NetworkError } from './errors.js';
import { newIdempotencyKey } from './storage.js';
import { isApplied } from './store/changes.js';

/** @import {Clock} from './clock.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {Connection} from './connection.js' */
/** @import {Tabs} from './tabs.js' */
/** @import {Change, Frame, State} from './types.js' */
/** @typedef {Omit<Change, 'id' | 'user' | 'time' | 'offset'>} Wanted */
/**
 * @typedef {object} ChangesDependencies
 * @property {ClientStorage} storage
 * @property {Pick<Connection, 'request' | 'online'>} connection
 * @property {Tabs} tabs
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */
/** @typedef {{resolve: () => void, reject: (error: unknown) => void}} Waiter */

const VALUE_NAME = 'changes';
/** More than this are not kept for the next page. */
const MAX_STORED = 500;

/** What a change sets: a later one replaces it. @param {Wanted} change */
const slotOf = ({ type, conversation, seq, emoji = '' }) =>
  `${type} ${conversation} ${seq} ${emoji}`;

export class Changes {
  #dependencies;
  /** @type {Change[]} oldest first */
  #entries = [];
  /** Ids of all changes that this tab made or took over. @type {Set<string>} */
  #ownIds = new Set();
  /** @type {Map<string, Waiter>} */
  #waiters = new Map();
  /** Conversations in which a change is being sent. @type {Map<string, string>} */
  #sendingIn = new Map();
  #failures = 0;

  /** @param {ChangesDependencies} dependencies */
  constructor(dependencies) {
    this.#dependencies = dependencies;
    dependencies.tabs.onBecomeLeader(() => this.restore());
  }

  /**
   * Make a change. It is shown before this function returns.
   * @param {Wanted} wanted
   * @returns {Promise<void>} resolves once it is acknowledged, or replaced by a later change
   * @throws {ServiceError} where the service refuses it; then it is not shown any more
   */
  set(wanted) {
    const { clock, state } = this.#dependencies;
    const slot = slotOf(wanted);
    const isReplaced = (/** @type {Change} */ entry) =>
      slotOf(entry) === slot && !this.#isSent(entry);
    const replaced = this.#entries.filter(isReplaced);
    const [id, user] = [newIdempotencyKey(), state().me?.id ?? ''];
    const entry = { ...wanted, id, user, time: clock.now() };
    this.#ownIds.add(id);
    this.#setEntries([...this.#entries.filter((one) => !isReplaced(one)), entry]);
    for (const one of replaced) this.#waiters.get(one.id)?.resolve();
    const answer = new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve: () => resolve(undefined), reject });
    });
    this.#save();
    this.flush();
    return answer;
  }

  /** In the leading tab: take over what an earlier page stored. */
  async restore() {
    const { storage, state, tabs } = this.#dependencies;
    const user = state().me?.id;
    if (!user || !tabs.isLeader()) return;
    const stored = await storage.getValue(VALUE_NAME).catch(() => undefined);
    /** @type {Change[]} */
    const missing = (stored ?? []).filter(
      (/** @type {Change} */ one) => one.user === user && !this.#ownIds.has(one.id),
    );
    for (const { id } of missing) this.#ownIds.add(id);
    if (missing.length) this.#setEntries([...missing, ...this.#entries]);
    this.flush();
  }

  /** Forget everything at log-out. */
  reset() {
    this.#setEntries([]);
    this.#waiters.clear();
  }

  /** Drop what the log contains now. @param {Frame} frame */
  onFrame({ type }) {
    if (!this.#entries.length || type === 'changes') return;
    const { state } = this.#dependencies;
    const left = this.#entries.filter((entry) => !isApplied(state(), entry));
    if (left.length < this.#entries.length) this.#setEntries(left);
  }

  /** Send the first waiting change of each conversation in which none is being sent. */
  flush() {
    if (!this.#dependencies.connection.online) return;
    for (const entry of this.#entries)
      if (entry.offset === undefined && !this.#sendingIn.has(entry.conversation))
        this.#send(entry);
  }

  /** Whether a change was sent, or is being sent. @param {Change} entry */
  #isSent = ({ id, conversation, offset }) =>
    offset !== undefined || this.#sendingIn.get(conversation) === id;

  /** @param {Change} entry */
  async #send(entry) {
    const { id, conversation } = entry;
    this.#sendingIn.set(conversation, id);
    try {
      await this.#request(entry);
      this.#failures = 0;
      this.#waiters.get(id)?.resolve();
      this.#waiters.delete(id);
      this.#save();
    } catch (error) {
      await this.#onFailure(id, error);
    }
    this.#sendingIn.delete(conversation);
    this.flush();
  }

  /** @param {Change} entry */
  async #request({ id, user: _user, time: _time, type, ...fields }) {
    const { connection, dispatch } = this.#dependencies;
    const { offset, count, replayed } = await connection.request(type, fields);
    const entry = this.#entries.find((one) => one.id === id);
    if (!entry) return;
    // Where it already stood so, the event of the log is another one.
    if (replayed || !offset) return this.#remove(id);
    this.#setEntries(this.#entries.map((one) => (one === entry ? { ...one, offset } : one)));
    dispatch({ type: 'change-done', change: entry, offset, count });
  }

  /**
   * Keep a change waiting after a temporary error, drop it after a permanent one.
   * @param {string} id
   * @param {any} error
   */
  async #onFailure(id, error) {
    if (!error.temporary) {
      this.#remove(id);
      this.#save();
      this.#waiters.get(id)?.reject(error);
      this.#waiters.delete(id);
      return undefined;
    }
    if (error instanceof NetworkError && error.code !== 'timeout') return undefined;
    const { clock, random } = this.#dependencies;
    const delay = error.retryAfter ?? retryDelay(this.#failures, random);
    this.#failures += 1;
    return new Promise((resolve) => clock.after(delay, () => resolve(undefined)));
  }

  /** @param {string} id */
  #remove(id) {
    this.#setEntries(this.#entries.filter((entry) => entry.id !== id));
  }

  /** @param {Change[]} changes */
  #setEntries(changes) {
    this.#entries = changes;
    this.#dependencies.dispatch({ type: 'changes', changes });
  }

  /**
   * Store what waits, beside the changes of other tabs. A full disk must not stop a change that can
   * be sent now.
   */
  #save() {
    const { storage, tabs } = this.#dependencies;
    return tabs
      .withLock('parlour-changes', async () => {
        /** @type {Change[]} */
        const stored = (await storage.getValue(VALUE_NAME)) ?? [];
        const others = stored.filter(({ id }) => !this.#ownIds.has(id));
        const own = this.#entries.filter(({ offset }) => offset === undefined);
        await storage.setValue(VALUE_NAME, [...others, ...own].slice(-MAX_STORED));
      })
      .catch(() => {});
  }
}
