/** Announces new messages of the open conversation to screen readers, in an ARIA live region. */

import { messageExcerpt } from './message-excerpt.js';
import { nameOf } from './widgets.js';

/** @import {Conversation} from '../client/types.js' */

/** Say something to screen readers, once. @param {string} text */
export function announce(text) {
  const region = document.querySelector('chat-timeline [aria-live=polite]');
  if (region) region.textContent = text;
}

/** More messages at once would take too long to listen to. */
const MAX_ANNOUNCED = 5;

export class MessageAnnouncer {
  #announcedUpTo = Infinity;

  /** Announce nothing until `startAfter`. */
  mute() {
    this.#announcedUpTo = Infinity;
  }

  /** Announce messages after this seq. @param {number} seq */
  startAfter(seq) {
    this.#announcedUpTo = seq;
  }

  /**
   * Announce the new messages of others.
   * @param {Element | null} region a polite live region
   * @param {Conversation} conversation
   * @param {string} me id of this user
   */
  announce(region, { log, head }, me) {
    const newMessages = log.messages
      .slice(-MAX_ANNOUNCED)
      .filter(
        (message) => message.seq > this.#announcedUpTo && message.by !== me && !message.hidden,
      );
    if (head.seq > this.#announcedUpTo) this.#announcedUpTo = head.seq;
    if (region && newMessages.length)
      region.textContent = newMessages
        .map((message) => `${nameOf(message.by)}: ${messageExcerpt(message)}`)
        .join('\n');
  }
}
