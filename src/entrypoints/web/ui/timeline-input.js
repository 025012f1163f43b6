/** What the user does in a timeline with the keyboard, the mouse and a finger. */

import { openReactions } from './dialogs/reactions.js';
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
import { REPLY } from './message-composing.js';
import { openMessageMenu } from './message-menu.js';
import { canReact, openQuickReactions, reactQuickly } from './reactions.js';
import { clearSelection, isSelected, toggleSelected } from './selection.js';
import { SwipeReply } from './swipe-reply.js';

/** @import {FindMessage} from './message-focus.js' */

export class TimelineInput {
  #timeline;
  #messageOf;
  #scrollToLatest;
  #focus;
  #longPress = new LongPress((event) => this.#onLongPress(event));
  #swipe = new SwipeReply((row) => this.#reply(row));
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
      ...this.#focus.handlers,
      ...this.#pointerHandlers(),
      click: (/** @type {MouseEvent} */ event) => {
        if (!this.#onClick(event)) this.#doubleTap.onClick(event);
      },
      dblclick: (/** @type {MouseEvent} */ event) => this.#doubleTap.onDoubleClick(event),
      keydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event),
    };
  }

  /** The rows have changed. */
  refresh() {
    this.#focus.refresh();
  }

  /** A finger presses long, swipes, or scrolls. */
  #pointerHandlers() {
    const { pointerdown, pointermove, pointerup, pointercancel, contextmenu } =
      this.#longPress.handlers;
    return {
      contextmenu,
      pointerdown: (/** @type {PointerEvent} */ event) => {
        pointerdown(event);
        this.#swipe.start(event);
      },
      pointermove: (/** @type {PointerEvent} */ event) => {
        pointermove(event);
        this.#swipe.move(event);
      },
      pointerup: () => {
        pointerup();
        this.#swipe.end();
      },
      pointercancel: () => {
        pointercancel();
        this.#swipe.cancel();
      },
    };
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const row = focusedRow(this.#timeline);
    const isOnRow = row && event.target === row;
    if (event.key === 'End') this.#scrollToLatest();
    else if (event.key === 'Escape' && clearSelection()) return event.preventDefault();
    else if (isOnRow && event.shiftKey && this.#extendSelection(event, row)) return undefined;
    else if (isOnRow && (event.key === 'Enter' || event.key === ' ')) this.#open(row);
    else if (
      !(isOnRow && this.#runAction(event, row)) &&
      !moveAmongButtons(event) &&
      !moveRowFocus(this.#timeline, event)
    )
      return undefined;
    return event.preventDefault();
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

  /**
   * Shift with an arrow key selects the focused message and the next one.
   * @param {KeyboardEvent} event
   * @param {HTMLElement} row
   * @returns {boolean} whether it was such a key
   */
  #extendSelection(event, row) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return false;
    event.preventDefault();
    this.#toggle(row, true);
    moveRowFocus(this.#timeline, event);
    const next = focusedRow(this.#timeline);
    if (next) this.#toggle(next, true);
    return true;
  }

  /**
   * Ctrl with a click selects a message; then each click does.
   * @param {MouseEvent} event
   * @returns {boolean} whether the click did
   */
  #onClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    /** @type {HTMLElement | null} */
    const row = target.closest('.row-message');
    const isOpened = target.closest('a, button') !== null;
    const isSelecting = row?.classList.contains('selecting');
    if (this.#longPress.hasFired) return true;
    if (!row || isOpened || !(isSelecting || event.ctrlKey || event.metaKey)) return false;
    event.preventDefault();
    this.#toggle(row);
    return true;
  }

  /**
   * A mouse opens the menu; a finger selects the message and offers to react. On a reaction both list
   * who reacted.
   * @param {PointerEvent | MouseEvent} event
   */
  #onLongPress(event) {
    const row = rowForContextMenu(event);
    if (!row) return;
    event.preventDefault();
    this.#swipe.cancel();
    const message = this.#messageOf(row);
    const { emoji } = /** @type {any} */ (event.target).closest('.reaction')?.dataset ?? {};
    const isTouch = 'pointerType' in event && event.pointerType !== 'mouse';
    if (emoji && message && 'seq' in message) openReactions(message, emoji);
    else if (isTouch && event.pointerType) this.#selectByTouch(row);
    else this.#openMenu(row);
  }

  /** @param {HTMLElement} row */
  #selectByTouch(row) {
    const isFirst = !row.classList.contains('selecting');
    this.#toggle(row);
    const message = this.#messageOf(row);
    const bubble = /** @type {HTMLElement | null} */ (row.querySelector('.bubble'));
    if (isFirst && bubble && message && canReact(message))
      openQuickReactions(message, bubble, clearSelection);
  }

  /** While messages are selected, the keys that open a menu select. @param {HTMLElement} row */
  #open(row) {
    if (row.classList.contains('selecting')) this.#toggle(row);
    else this.#openMenu(row);
  }

  /** @param {HTMLElement} row @param {boolean} [on] */
  #toggle(row, on) {
    const message = this.#messageOf(row);
    if (!message || !('seq' in message)) return;
    if (!(on && isSelected(message))) toggleSelected(message);
  }

  /** @param {HTMLElement} row */
  #reply(row) {
    const message = this.#messageOf(row);
    if (message && 'seq' in message && REPLY.label(message)) REPLY.run(message, row);
  }

  /** @param {HTMLElement} row */
  #openMenu(row) {
    const message = this.#messageOf(row);
    if (message)
      openMessageMenu(/** @type {HTMLElement} */ (row.querySelector('.bubble')), message);
  }
}
