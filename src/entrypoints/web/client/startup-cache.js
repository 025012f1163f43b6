/**
 * Caches what the next page shows before it is connected: the user and the newest conversations.
 */

import { throttle } from './clock.js';
import { sortedConversations } from './store/selectors.js';
import { peerOfUnstarted } from './store/unstarted.js';

/** @import {Clock} from './clock.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {Head, Me, State} from './types.js' */

const SAVE_DELAY_MS = 1_000;
const MAX_HEADS = 100;
const VALUE_NAME = 'snapshot';

export class StartupCache {
  #storage;
  #state;
  /** Save within a second; several calls save once. */
  saveSoon;

  /** @param {ClientStorage} storage @param {Clock} clock @param {() => State} state */
  constructor(storage, clock, state) {
    this.#storage = storage;
    this.#state = state;
    this.saveSoon = throttle(clock, SAVE_DELAY_MS, () => this.save());
  }

  /** @returns {Promise<{me: Me, device: string | null, heads: Head[]} | undefined>} */
  load() {
    return this.#storage.getValue(VALUE_NAME).catch(() => undefined);
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
    this.saveSoon.cancel();
    await this.#store(undefined);
  }

  /** If the browser cannot store values, the next page starts empty. @param {unknown} value */
  #store(value) {
    return this.#storage.setValue(VALUE_NAME, value).catch(() => {});
  }
}
