/** What the next page shows until it is connected: who is signed in, and the newest conversations. */

import { soon } from './clock.js';
import { listed } from './store/select.js';

/** @import {Clock} from './clock.js' */
/** @import {Shelf} from './outbox.js' */
/** @import {Head, Me, State} from './types.js' */

const AFTER = 1_000;
const MOST_HEADS = 100;
const NAME = 'snapshot';

export class Snapshot {
  #shelf;
  #state;
  /** Keep it, a moment after the first of many changes. */
  soon;

  /** @param {Shelf} shelf @param {Clock} clock @param {() => State} state */
  constructor(shelf, clock, state) {
    this.#shelf = shelf;
    this.#state = state;
    this.soon = soon(clock, AFTER, () => this.keep());
  }

  /** @returns {Promise<{me: Me, device: string | null, heads: Head[]} | undefined>} */
  recall() {
    return this.#shelf.recall(NAME).catch(() => undefined);
  }

  async keep() {
    const { me, device } = this.#state();
    const newest = listed(this.#state()).slice(0, MOST_HEADS);
    if (me) await this.#put({ me, device, heads: newest.map(({ head }) => head) });
  }

  async forget() {
    this.soon.cancel();
    await this.#put(undefined);
  }

  /** A browser that keeps nothing shows less at the next start, and that is all. @param {unknown} value */
  #put(value) {
    return this.#shelf.keep(NAME, value).catch(() => {});
  }
}
