/** Reports that the user is typing, until some time has passed without input. */

import { client } from './context.js';

const TYPING_IDLE_MS = 5_000;

export class TypingReporter {
  #conversation = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idleTimer;

  /** Report for another conversation from now on. @param {string} id */
  switchTo(id) {
    this.stop();
    this.#conversation = id;
  }

  /** @param {boolean} typing */
  report(typing) {
    clearTimeout(this.#idleTimer);
    client().activity.setTyping(this.#conversation, typing);
    if (typing) this.#idleTimer = setTimeout(() => this.stop(), TYPING_IDLE_MS);
  }

  stop() {
    clearTimeout(this.#idleTimer);
    if (this.#conversation) client().activity.setTyping(this.#conversation, false);
  }
}
