/** What is read out to those who listen: what others wrote in the conversation that is open. */

import { excerpt } from '../client/store/heads.js';
import { nameOf } from './parts.js';

/** @import {Conversation} from '../client/types.js' */

/** More at once would take longer to hear than to read. */
const MOST = 5;

export class Voice {
  #spoken = Infinity;

  /** Silent until the conversation is shown: what stands there is no news. */
  hush() {
    this.#spoken = Infinity;
  }

  /** From here on everything is news. @param {number} seq */
  begin(seq) {
    this.#spoken = seq;
  }

  /**
   * @param {Element | null} region a polite live region
   * @param {Conversation} conversation
   * @param {string} me
   */
  tell(region, { log, head }, me) {
    const fresh = log.messages
      .slice(-MOST)
      .filter((message) => message.seq > this.#spoken && message.by !== me);
    if (head.seq > this.#spoken) this.#spoken = head.seq;
    if (region && fresh.length)
      region.textContent = fresh
        .map((message) => `${nameOf(message.by)}: ${excerpt(String(message.body.text ?? ''))}`)
        .join('\n');
  }
}
