/** Fetching what a timeline shows, before the user gets there, and again where it did not come. */

import { codeOf } from '../client/errors.js';
import { client, state } from './context.js';

/** @import {Log} from '../client/types.js' */

/** History is fetched when fewer screens than this are left. */
const EARLY = 1.5;
/** What failed is asked for again after a while, not in haste. */
const REST = 2_000;
/** So many unread messages stand on the newest page for sure. */
const NEAR = 40;

export class Paging {
  #resting = false;

  /**
   * Fetch the first page, again and again until it comes: the list shows that it is awaited.
   * @param {string} id
   * @param {() => boolean} isAwaited
   */
  async open(id, isAwaited) {
    try {
      const head = state().conversations.get(id)?.head;
      // Much is unread: begin where the user stopped, not at the end.
      await client().open(id, head && head.unread > NEAR ? head.read + 1 : undefined);
    } catch (error) {
      if (codeOf(error) === 'internal') throw error;
      setTimeout(() => isAwaited() && this.open(id, isAwaited), REST);
    }
  }

  /**
   * Fetch what lies beyond the loaded run, where the view comes near its ends.
   * @param {string} id
   * @param {Log} log
   * @param {{above: number, below: number}} margins pixels beyond the view
   * @param {number} screen pixels
   */
  look(id, log, { above, below }, screen) {
    if (log.moreBefore && above < EARLY * screen) this.#fetch(id, 'before');
    if (log.moreAfter && below < EARLY * screen) this.#fetch(id, 'after');
  }

  /** @param {string} id @param {'before' | 'after'} side */
  async #fetch(id, side) {
    if (this.#resting) return;
    try {
      await client().history[side](id);
    } catch (error) {
      if (codeOf(error) === 'internal') throw error;
      this.#resting = true;
      setTimeout(() => this.#rested(), REST);
    }
  }

  #rested() {
    this.#resting = false;
  }
}
