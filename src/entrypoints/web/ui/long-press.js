/**
 * A long press with a finger opens a context menu. Android reports it as `contextmenu`; iOS reports
 * nothing, so the time is measured here. Whichever comes first opens the menu.
 */

const LONG_PRESS_MS = 500;
/** A finger that moved farther scrolls. */
const MAX_MOVE_PX = 10;

export class LongPress {
  #onPress;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #start = { x: 0, y: 0 };
  /** Whether the last touch was a long press; some browsers report a click at its end. */
  hasFired = false;

  /** @param {(event: PointerEvent | MouseEvent) => void} onPress */
  constructor(onPress) {
    this.#onPress = onPress;
  }

  /** Event listeners for the element that contains the places to press. */
  handlers = {
    pointerdown: (/** @type {PointerEvent} */ event) => this.#onDown(event),
    pointermove: (/** @type {PointerEvent} */ event) => this.#onMove(event),
    pointerup: () => clearTimeout(this.#timer),
    // The browser scrolls or zooms instead.
    pointercancel: () => clearTimeout(this.#timer),
    contextmenu: (/** @type {MouseEvent} */ event) => this.#onContextMenu(event),
  };

  /** @param {PointerEvent} event */
  #onDown(event) {
    clearTimeout(this.#timer);
    this.hasFired = false;
    if (event.pointerType === 'mouse' || !event.isPrimary) return;
    this.#start = { x: event.clientX, y: event.clientY };
    this.#timer = setTimeout(() => {
      this.hasFired = true;
      this.#onPress(event);
    }, LONG_PRESS_MS);
  }

  /** @param {PointerEvent} event */
  #onMove({ clientX, clientY }) {
    const { x, y } = this.#start;
    if (Math.hypot(clientX - x, clientY - y) > MAX_MOVE_PX) clearTimeout(this.#timer);
  }

  /** @param {MouseEvent} event */
  #onContextMenu(event) {
    clearTimeout(this.#timer);
    if (this.hasFired) event.preventDefault();
    else this.#onPress(event);
  }
}
