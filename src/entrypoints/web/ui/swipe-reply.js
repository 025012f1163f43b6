/** A swipe with a finger over a message, to the right, answers it. */

const REPLY_AT_PX = 56;
const MAX_PX = 72;
/** Below this a finger may still scroll or press. */
const START_PX = 12;

export class SwipeReply {
  #onReply;
  /** @type {{row: HTMLElement, x: number, y: number, moved: number} | null} */
  #swipe = null;

  /** @param {(row: HTMLElement) => void} onReply */
  constructor(onReply) {
    this.#onReply = onReply;
  }

  /** @param {PointerEvent} event */
  start({ pointerType, isPrimary, target, clientX: x, clientY: y }) {
    this.cancel();
    if (pointerType === 'mouse' || !isPrimary || !(target instanceof Element)) return;
    /** @type {HTMLElement | null} */
    const row = target.closest('.row-message');
    // Code is scrolled sideways.
    if (row && !target.closest('pre')) this.#swipe = { row, x, y, moved: 0 };
  }

  /** @param {PointerEvent} event */
  move({ clientX, clientY }) {
    const swipe = this.#swipe;
    if (!swipe) return;
    const [right, down] = [clientX - swipe.x, Math.abs(clientY - swipe.y)];
    if (!swipe.moved && down > START_PX) return this.cancel();
    if (!swipe.moved && right < Math.max(START_PX, 2 * down)) return;
    swipe.moved = Math.max(1, Math.min(right, MAX_PX));
    swipe.row.classList.add('swiping');
    swipe.row.classList.toggle('swiped', swipe.moved >= REPLY_AT_PX);
    swipe.row.style.setProperty('--swipe', `${swipe.moved}px`);
  }

  end() {
    const { row, moved } = this.#swipe ?? {};
    this.cancel();
    if (row && moved && moved >= REPLY_AT_PX) this.#onReply(row);
  }

  /** The finger scrolls, or was taken away by the browser. */
  cancel() {
    this.#swipe?.row.classList.remove('swiping', 'swiped');
    this.#swipe?.row.style.removeProperty('--swipe');
    this.#swipe = null;
  }
}
