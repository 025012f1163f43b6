/**
 * Keeps the last messages of the conversations that were opened last on this device, for a page that
 * starts without a connection. They are deleted with the end of the session.
 */

import { throttle } from './clock.js';
import { EMPTY_LOG } from './store/log.js';
import { shownLog } from './store/selectors.js';

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
  /**
   * What is stored of each conversation; those that were used last come last.
   * @type {Map<string, Pick<Log, 'messages' | 'systemMessages'>>}
   */
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
      const isOwn = this.#user === user;
      const logs = await Promise.all(
        conversations.map((id) => (isOwn ? this.#storage.getValue(valueName(id)) : undefined)),
      );
      this.#stored = new Map(conversations.map((id, index) => [id, logs[index] ?? EMPTY_LOG]));
      return logs.filter(Boolean);
    } catch {
      return [];
    }
  }

  /** Store the logs that have changed. */
  async save() {
    const { me, conversations, users } = this.#state();
    if (!me) return;
    const isOwn = me.id === this.#user;
    this.#user = me.id;
    const dropped = [...this.#stored.keys()].filter((id) => !isOwn || this.#isOutdated(id));
    for (const id of dropped) this.#stored.delete(id);
    const changed = [...conversations.values()].filter((one) => this.#hasChanged(one));
    for (const conversation of changed) {
      const id = conversation.head.conversation;
      if (conversation.log.loaded) this.#stored.delete(id);
      this.#stored.set(id, shownLog(conversation));
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

  /**
   * Whether a stored log must not be kept: the user left, or what happened to its messages is not
   * known here. One of them may have been recalled.
   * @param {string} id
   */
  #isOutdated(id) {
    const { conversations, welcomeCount } = this.#state();
    const conversation = conversations.get(id);
    if (!conversation) return welcomeCount > 0;
    return conversation.left || !shownLog(conversation).loaded;
  }

  /** @param {Conversation} conversation */
  #hasChanged(conversation) {
    const { loaded, messages, systemMessages, moreAfter } = shownLog(conversation);
    if (conversation.left || !loaded || moreAfter || !messages.length) return false;
    const stored = this.#stored.get(conversation.head.conversation);
    return stored?.messages !== messages || stored.systemMessages !== systemMessages;
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
function keptLog(conversation, users) {
  const log = shownLog(conversation);
  const messages = log.messages.slice(-MAX_MESSAGES);
  const systemMessages = log.systemMessages.filter(({ offset }) => offset > messages[0].offset);
  const ids = new Set([
    ...messages.flatMap(({ by, mentions = [] }) => [by, ...mentions]),
    ...systemMessages.flatMap(({ by, data }) => [by, data.user]),
  ]);
  return {
    conversation: conversation.head.conversation,
    offset: log.offset,
    messages,
    systemMessages,
    users: [...ids].flatMap((id) => users.get(id) ?? /** @type {User[]} */ ([])),
  };
}
