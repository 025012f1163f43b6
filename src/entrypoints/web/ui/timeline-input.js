/** What the user does in a timeline with the keyboard, the mouse and a finger. */

import { DoubleTap } from './double-tap.js';
import {
  focusedRow,
  moveAmongButtons,
  moveRowFocus,
  rowForContextMenu,
} from './list-navigation.js';
import { LongPress } from './long-press.js';
import { offeredActions } from './message-actions.js';
import { MessageFocus } from './message-focus.js';
import { openMessageMenu } from './message-menu.js';
import { canReact, reactQuickly } from './reactions.js';

/** @import {FindMessage} from './message-focus.js' */

export class TimelineInput {
  #timeline;
  #messageOf;
  #scrollToLatest;
  #focus;
  #longPress = new LongPress((event) => this.#onContextMenu(event));
  #doubleTap = new DoubleTap((row) => this.#onDoubleTap(row));

  /**
   * @param {Element} timeline
   * @param {FindMessage} messageOf the message of a row
   * @param {() => void} scrollToLatest
   */
  constructor(timeline, messageOf, scrollToLatest) {
    this.#timeline = timeline;
    this.#messageOf = messageOf;
    this.#scrollToLatest = scrollToLatest;
    this.#focus = new MessageFocus(messageOf);
    /** Event listeners for the element that contains the rows. */
    this.handlers = {
      ...this.#longPress.handlers,
      ...this.#focus.handlers,
      click: (/** @type {MouseEvent} */ event) => this.#doubleTap.onClick(event),
      dblclick: (/** @type {MouseEvent} */ event) => this.#doubleTap.onDoubleClick(event),
      keydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event),
    };
  }

  /** The rows have changed. */
  refresh() {
    this.#focus.refresh();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const row = focusedRow(this.#timeline);
    const isOnRow = row && event.target === row;
    if (event.key === 'End') this.#scrollToLatest();
    else if (isOnRow && (event.key === 'Enter' || event.key === ' ')) this.#openMenu(row);
    else if (
      !(isOnRow && this.#runAction(event, row)) &&
      !moveAmongButtons(event) &&
      !moveRowFocus(this.#timeline, event)
    )
      return;
    event.preventDefault();
  }

  /**
   * Do what a key stands for on the focused message.
   * @param {KeyboardEvent} event
   * @param {HTMLElement} row
   * @returns {boolean} whether there was such an action
   */
  #runAction({ key, ctrlKey, metaKey, altKey }, row) {
    const message = this.#messageOf(row);
    if (!message || !('seq' in message) || ctrlKey || metaKey || altKey) return false;
    const pressed = key.length === 1 ? key.toLowerCase() : key;
    const offered = offeredActions(message).find(({ action }) => action.key === pressed);
    offered?.action.run(message, row);
    return offered !== undefined;
  }

  /** @param {HTMLElement} row */
  #onDoubleTap(row) {
    const message = this.#messageOf(row);
    if (message && canReact(message)) reactQuickly(message);
  }

  /** @param {MouseEvent} event */
  #onContextMenu(event) {
    const row = rowForContextMenu(event);
    if (!row) return;
    event.preventDefault();
    this.#openMenu(row);
  }

  /** @param {HTMLElement} row */
  #openMenu(row) {
    const message = this.#messageOf(row);
    if (message)
      openMessageMenu(/** @type {HTMLElement} */ (row.querySelector('.bubble')), message);
  }
}
