/** Loads pages of history for the timeline before they are visible, and retries after errors. */

import { errorCode } from '../client/errors.js';
import { peerOfUnstarted } from '../client/store/unstarted.js';
import { client, state } from './context.js';

/** @import {Log} from '../client/types.js' */

/** Load a page if fewer screens than this are left. */
const PREFETCH_SCREENS = 1.5;
/** Delay before a failed load is repeated. */
const RETRY_DELAY_MS = 2_000;
/** The newest page certainly contains this many unread messages. */
const NEWEST_PAGE_UNREAD = 40;

export class HistoryLoader {
  #isPaused = false;
  /** Conversations whose first page is being loaded. @type {Set<string>} */
  #opening = new Set();

  /**
   * Load the first page; retry until it is loaded or not needed any more. Further calls for the
   * same conversation do nothing meanwhile.
   * @param {string} id
   * @param {() => boolean} isStillNeeded
   */
  async loadFirstPage(id, isStillNeeded) {
    if (this.#opening.has(id)) return;
    this.#opening.add(id);
    try {
      if (await this.#open(id)) return;
    } finally {
      this.#opening.delete(id);
    }
    setTimeout(() => isStillNeeded() && this.loadFirstPage(id, isStillNeeded), RETRY_DELAY_MS);
  }

  /** @param {string} id @returns {Promise<boolean>} false if the service could not be reached */
  async #open(id) {
    try {
      const peer = peerOfUnstarted(id);
      // It may exist: the list may not have been loaded as far as there.
      if (peer)
        return await client()
          .conversations.findDirect(peer)
          .then(() => true);
      const head = state().conversations.get(id)?.head;
      // With many unread messages start at the first of them, not at the end.
      await client().open(
        id,
        head && head.unread > NEWEST_PAGE_UNREAD ? head.read + 1 : undefined,
      );
      return true;
    } catch (error) {
      if (errorCode(error) === 'internal') throw error;
      return false;
    }
  }

  /**
   * Load more messages, if the view is near the first or the last loaded one.
   * @param {string} id
   * @param {Log} log
   * @param {{above: number, below: number}} margins pixels above and below the view
   * @param {number} viewHeight pixels
   */
  loadNearEdges(id, log, { above, below }, viewHeight) {
    if (log.moreBefore && above < PREFETCH_SCREENS * viewHeight) this.#fetch(id, 'before');
    if (log.moreAfter && below < PREFETCH_SCREENS * viewHeight) this.#fetch(id, 'after');
  }

  /** @param {string} id @param {'before' | 'after'} direction */
  async #fetch(id, direction) {
    if (this.#isPaused) return;
    try {
      const { history } = client();
      await (direction === 'before' ? history.loadBefore(id) : history.loadAfter(id));
    } catch (error) {
      if (errorCode(error) === 'internal') throw error;
      this.#isPaused = true;
      setTimeout(() => this.#resume(), RETRY_DELAY_MS);
    }
  }

  #resume() {
    this.#isPaused = false;
  }
}
