/**
 * Caches what the next page shows before it is connected: the user, the newest conversations, and
 * the last messages of those that were opened.
 */

import { throttle } from './clock.js';
import { KeptLogs } from './kept-logs.js';
import { sortedConversations } from './store/selectors.js';
import { peerOfUnstarted } from './store/unstarted.js';

/** @import {Clock} from './clock.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {Head, KeptLog, Me, State} from './types.js' */

const SAVE_DELAY_MS = 1_000;
const MAX_HEADS = 100;
const VALUE_NAME = 'snapshot';

export class StartupCache {
  #storage;
  #state;
  #logs;
  #saveSoon;

  /** @param {ClientStorage} storage @param {Clock} clock @param {() => State} state */
  constructor(storage, clock, state) {
    this.#storage = storage;
    this.#state = state;
    this.#logs = new KeptLogs(storage, clock, state);
    this.#saveSoon = throttle(clock, SAVE_DELAY_MS, () => this.save());
  }

  /**
   * @returns {Promise<{me: Me, device: string | null, heads: Head[], logs: KeptLog[]} | undefined>}
   */
  async load() {
    const cached = await this.#storage.getValue(VALUE_NAME).catch(() => undefined);
    return cached && { ...cached, logs: await this.#logs.load(cached.me.id) };
  }

  /** Save within a few seconds; several calls save once. */
  saveSoon() {
    this.#saveSoon();
    this.#logs.saveSoon();
  }

  async save() {
    const { me, device } = this.#state();
    const heads = sortedConversations(this.#state())
      .map(({ head }) => head)
      .filter(({ conversation }) => !peerOfUnstarted(conversation))
      .slice(0, MAX_HEADS);
    if (me) await this.#store({ me, device, heads });
  }

  async clear() {
    this.#saveSoon.cancel();
    await Promise.all([this.#store(undefined), this.#logs.clear()]);
  }

  /** If the browser cannot store values, the next page starts empty. @param {unknown} value */
  #store(value) {
    return this.#storage.setValue(VALUE_NAME, value).catch(() => {});
  }
}
