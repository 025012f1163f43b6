/** Two taps of a finger on one message, or two clicks beside its text, for the favourite reaction. */

const MAX_INTERVAL_MS = 350;
/** What has a use of its own when it is tapped. */
const CONTROLS = 'a, button, input, label, summary, [role=button]';

export class DoubleTap {
  #onDoubleTap;
  /** @type {{row: Element, time: number} | null} */
  #last = null;
  /** A double tap is reported as a double click as well. */
  #wasTouch = false;

  /** @param {(row: HTMLElement) => void} onDoubleTap */
  constructor(onDoubleTap) {
    this.#onDoubleTap = onDoubleTap;
  }

  /** @param {MouseEvent} event a click */
  onClick(event) {
    this.#wasTouch = /** @type {PointerEvent} */ (event).pointerType === 'touch';
    const row = this.#wasTouch && rowWithBubble(event.target);
    if (!row) return;
    const isSecond =
      this.#last?.row === row && event.timeStamp - this.#last.time < MAX_INTERVAL_MS;
    this.#last = isSecond ? null : { row, time: event.timeStamp };
    if (isSecond) this.#onDoubleTap(row);
  }

  /** A double click on a text selects a word. @param {MouseEvent} event */
  onDoubleClick({ target }) {
    const row = rowWithBubble(target);
    const isText = target instanceof Element && target.closest('.text');
    if (row && !this.#wasTouch && !isText) this.#onDoubleTap(row);
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function rowWithBubble(target) {
  if (!(target instanceof Element) || target.closest(CONTROLS)) return null;
  return target.closest('.bubble') && target.closest('.row-message');
}
