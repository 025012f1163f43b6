/** Follows which message is pointed at or focused, and shows its bar. */

import { hideBar, showBar } from './message-menu.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/** @typedef {(row: HTMLElement) => LoggedMessage | OutboxEntry | null} FindMessage */

export class MessageFocus {
  #find;
  /** Rows with a bar: the one under the pointer and the focused one. @type {Set<HTMLElement>} */
  #rows = new Set();

  /** @param {FindMessage} find the message of a row */
  constructor(find) {
    this.#find = find;
  }

  /** Event listeners for the timeline. */
  handlers = {
    pointerover: (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === 'mouse') this.#update(rowOf(event.target));
    },
    pointerleave: () => this.#update(null),
    focusin: (/** @type {FocusEvent} */ event) => this.#update(rowOf(event.target)),
  };

  /** The messages have changed: show what can be done with them now. */
  refresh() {
    for (const row of this.#rows) this.#show(row);
  }

  /** @param {HTMLElement | null} used the row that is pointed at or focused now */
  #update(used) {
    for (const row of this.#rows) {
      if (row === used || row.contains(document.activeElement)) continue;
      hideBar(row);
      this.#rows.delete(row);
    }
    if (!used || this.#rows.has(used)) return;
    this.#rows.add(used);
    this.#show(used);
  }

  /** @param {HTMLElement} row */
  #show(row) {
    const message = row.isConnected && this.#find(row);
    if (message) showBar(row, message);
    else this.#rows.delete(row);
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const rowOf = (target) => (target instanceof Element ? target.closest('.row-message') : null);
