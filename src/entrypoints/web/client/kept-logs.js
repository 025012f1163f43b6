/**
 * Keeps the last messages of the conversations that were opened last on this device, for a page that
 * starts without a connection. They are deleted with the end of the session.
 */

import { throttle } from './clock.js';

/** @import {Clock} from './clock.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {Conversation, KeptLog, Log, State, User} from './types.js' */

const SAVE_DELAY_MS = 1_000;
const MAX_CONVERSATIONS = 20;
const MAX_MESSAGES = 60;
const INDEX_NAME = 'kept-logs';

/** @param {string} conversation */
const valueName = (conversation) => `kept-log ${conversation}`;

export class KeptLogs {
  #storage;
  #state;
  /** The user whose logs are stored. */
  #user = '';
  /** The stored log of each conversation, oldest first. @type {Map<string, Log | null>} */
  #stored = new Map();
  /** Save within a second; several calls save once. */
  saveSoon;

  /** @param {ClientStorage} storage @param {Clock} clock @param {() => State} state */
  constructor(storage, clock, state) {
    this.#storage = storage;
    this.#state = state;
    this.saveSoon = throttle(clock, SAVE_DELAY_MS, () => this.save());
  }

  /**
   * Load what was kept for a user.
   * @param {string} user
   * @returns {Promise<KeptLog[]>} empty if nothing can be read
   */
  async load(user) {
    try {
      const index = await this.#storage.getValue(INDEX_NAME);
      /** @type {string[]} */
      const conversations = index?.conversations ?? [];
      this.#user = index?.user ?? '';
      this.#stored = new Map(conversations.map((id) => [id, null]));
      if (this.#user !== user) return [];
      const logs = await Promise.all(
        conversations.map((id) => this.#storage.getValue(valueName(id))),
      );
      return logs.filter(Boolean);
    } catch {
      return [];
    }
  }

  /** Store the logs that have changed. */
  async save() {
    const { me, conversations, users } = this.#state();
    if (!me) return;
    const dropped = me.id === this.#user ? [] : [...this.#stored.keys()];
    this.#user = me.id;
    for (const [id, { left }] of conversations) if (left) dropped.push(id);
    for (const id of dropped) this.#stored.delete(id);
    const changed = [...conversations.values()].filter((one) => this.#hasChanged(one));
    for (const { head, log } of changed) {
      // The order says which one was used last.
      this.#stored.delete(head.conversation);
      this.#stored.set(head.conversation, log);
    }
    const excess = [...this.#stored.keys()].slice(0, -MAX_CONVERSATIONS);
    for (const id of excess) this.#stored.delete(id);
    const values = changed.filter(({ head }) => this.#stored.has(head.conversation));
    if (changed.length || dropped.length)
      await this.#write(
        values.map((one) => keptLog(one, users)),
        [...dropped, ...excess],
      );
  }

  /** Delete everything. */
  async clear() {
    this.saveSoon.cancel();
    const all = [...this.#stored.keys()];
    this.#stored.clear();
    this.#user = '';
    await this.#write([], all);
  }

  /** @param {Conversation} conversation */
  #hasChanged({ head, log, left }) {
    const isComplete = !left && log.loaded && !log.moreAfter && log.messages.length > 0;
    return isComplete && this.#stored.get(head.conversation) !== log;
  }

  /**
   * All writes are requested at once, so that those of a later call come after them.
   * @param {KeptLog[]} logs
   * @param {string[]} dropped
   */
  async #write(logs, dropped) {
    const index = { user: this.#user, conversations: [...this.#stored.keys()] };
    const writes = [
      ...dropped.map((id) => this.#storage.setValue(valueName(id), undefined)),
      ...logs.map((log) => this.#storage.setValue(valueName(log.conversation), log)),
      this.#storage.setValue(INDEX_NAME, index),
    ];
    await Promise.allSettled(writes);
  }
}

/**
 * @param {Conversation} conversation
 * @param {State['users']} users
 * @returns {KeptLog}
 */
function keptLog({ head, log }, users) {
  const messages = log.messages.slice(-MAX_MESSAGES);
  const systemMessages = log.systemMessages.filter(({ offset }) => offset > messages[0].offset);
  const ids = new Set([
    ...messages.flatMap(({ by, mentions = [] }) => [by, ...mentions]),
    ...systemMessages.flatMap(({ by, data }) => [by, data.user]),
  ]);
  return {
    conversation: head.conversation,
    messages,
    systemMessages,
    users: [...ids].flatMap((id) => users.get(id) ?? /** @type {User[]} */ ([])),
  };
}
