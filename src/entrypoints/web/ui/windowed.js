/**
 * A long list of which only what is near the view is in the document.
 *
 * Two empty blocks stand for the rows above and below. Whatever changes (rows before the first one,
 * a row that grows, a narrower window), the row that the user looks at stays where it is: its place
 * on the screen is noted and restored, never computed from heights alone. A list that is at its end
 * stays at its end.
 */

import { Measured } from './heights.js';

/** @typedef {{key: string}} Row */
/** @typedef {{key: string, offset: number}} Anchor a row, and its distance from the top of the view */
/**
 * @template {Row} T
 * @typedef {object} Painter
 * @property {(item: T) => HTMLElement} create
 * @property {(node: HTMLElement, item: T) => void} update
 * @property {(item: T) => number} estimate height of a row that was never measured
 */

/** Rows are kept for so many screens on each side … */
const AHEAD = 1.5;
/** … and brought in when fewer than so many are left. */
const RESERVE = 0.6;
/** So close to the end is at the end. */
const AT_END = 48;

/** @template {Row} T */
export class Windowed {
  #scroller;
  #content;
  #painter;
  #onMove;
  #above = document.createElement('div');
  #below = document.createElement('div');
  /** @type {T[]} */
  #items = [];
  #rows = new Measured();
  /** Rows in the document, by key. @type {Map<string, HTMLElement>} */
  #shown = new Map();
  #first = 0;
  #last = -1;
  /** @type {Anchor | null} */
  #anchor = null;
  #width = 0;
  #observer = new ResizeObserver((entries) => this.#resized(entries));
  #moving = false;
  /** Whether the list follows its end. */
  atEnd = true;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content
   * @param {Painter<T>} painter
   * @param {() => void} onMove called after the view moved
   */
  constructor(scroller, content, painter, onMove) {
    this.#scroller = scroller;
    this.#content = content;
    this.#painter = painter;
    this.#onMove = onMove;
    content.replaceChildren(this.#above, this.#below);
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#observer.observe(scroller);
  }

  /** Forget everything: another list is shown. */
  clear() {
    for (const node of this.#shown.values()) this.#discard(node);
    this.#shown.clear();
    this.#rows.clear();
    this.#anchor = null;
    this.atEnd = true;
    this.set([]);
  }

  /** Stop observing. */
  end() {
    this.#observer.disconnect();
  }

  /** Show these rows; the view stays where it is. @param {T[]} items */
  set(items) {
    this.#items = items;
    this.#rows.set(items, this.#painter.estimate);
    for (const [key, node] of this.#shown) {
      const index = this.#rows.indexOf(key);
      if (index === undefined) this.#remove(key, node);
      else this.#painter.update(node, items[index]);
    }
    this.#show(this.#standing(), true);
  }

  /** @returns {Anchor | null} where the view stands; null at the end */
  get place() {
    return this.atEnd ? null : this.#anchor;
  }

  /** Go to a place that was noted, or to the end. @param {Anchor | null} place */
  restore(place) {
    this.atEnd = !place;
    this.#show(place && this.#has(place.key) ? place : null, false);
  }

  /**
   * Bring a row into the view.
   * @param {string} key
   * @param {number} share where its top stands: 0 at the top of the view, 1 at its end
   * @returns {HTMLElement | undefined} the row
   */
  reveal(key, share) {
    if (!this.#has(key)) return undefined;
    this.atEnd = false;
    this.#show({ key, offset: this.#scroller.clientHeight * share }, false);
    this.atEnd = this.#isAtEnd();
    return this.#shown.get(key);
  }

  /** Height of what lies above and below the view. */
  get margins() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return { above: scrollTop, below: scrollHeight - clientHeight - scrollTop };
  }

  /** The last row of which the end is in the view. @returns {T | undefined} */
  get lastVisible() {
    const bottom = this.#scroller.scrollTop + this.#scroller.clientHeight - this.#offset() + 1;
    let index = this.#heights.size ? this.#heights.rowAt(bottom) : -1;
    if (index >= 0 && this.#heights.above(index + 1) > bottom) index -= 1;
    return this.#items[index];
  }

  get #heights() {
    return this.#rows.places;
  }

  /** @param {string} key */
  #has(key) {
    return this.#rows.indexOf(key) !== undefined;
  }

  /** Where the rows begin: a short list stands at the end of the view. */
  #offset() {
    return Math.max(0, this.#above.offsetTop);
  }

  /** The place to keep: the end, or a row of the old list that is in the new one. @returns {Anchor | null} */
  #standing() {
    if (this.atEnd) return null;
    if (this.#anchor && this.#has(this.#anchor.key)) return this.#anchor;
    for (const [key, node] of this.#shown) {
      const offset = node.offsetTop - this.#scroller.scrollTop;
      if (this.#has(key) && offset + node.offsetHeight > 0) return { key, offset };
    }
    return null;
  }

  /**
   * Put the right rows into the document, then the view onto its place. Heights become known by
   * that, so it may take a second round.
   * @param {Anchor | null} anchor null: the end
   * @param {boolean} measure all shown rows, not only new ones
   */
  #show(anchor, measure) {
    const view = this.#scroller.clientHeight;
    let fresh = [...(measure ? this.#shown : [])];
    for (let round = 0; round < 4; round++) {
      const wanted = anchor
        ? this.#heights.above(/** @type {number} */ (this.#rows.indexOf(anchor.key))) - anchor.offset
        : this.#heights.total - view;
      const top = Math.max(0, Math.min(wanted, this.#heights.total - view));
      fresh.push(...this.#bring(this.#heights.rowAt(top - AHEAD * view), this.#heights.rowAt(top + view + AHEAD * view)));
      if (!this.#measure(fresh)) break;
      fresh = [];
    }
    this.#place(anchor);
  }

  /** Make the document hold the rows of a range. @param {number} first @param {number} last @returns {[string, HTMLElement][]} the new ones */
  #bring(first, last) {
    if (!this.#items.length) [first, last] = [0, -1];
    /** @type {[string, HTMLElement][]} */
    const fresh = [];
    for (const [key, node] of this.#shown) {
      const index = /** @type {number} */ (this.#rows.indexOf(key));
      if (index < first || index > last) this.#remove(key, node);
    }
    let cursor = this.#above.nextSibling;
    for (let index = first; index <= last; index++) {
      const item = this.#items[index];
      let node = this.#shown.get(item.key);
      if (!node) {
        node = this.#painter.create(item);
        this.#shown.set(item.key, node);
        this.#observer.observe(node);
        fresh.push([item.key, node]);
      }
      if (node === cursor) cursor = cursor.nextSibling;
      else this.#content.insertBefore(node, cursor);
    }
    [this.#first, this.#last] = [first, last];
    return fresh;
  }

  /** @param {[string, HTMLElement][]} rows @returns {boolean} whether a height was another than thought */
  #measure(rows) {
    let changed = false;
    for (const [key, node] of rows) {
      if (node.isConnected && this.#rows.learn(key, node.getBoundingClientRect().height)) changed = true;
    }
    return changed;
  }

  /** @param {Anchor | null} anchor */
  #place(anchor) {
    this.#above.style.setProperty('height', `${this.#heights.above(this.#first)}px`);
    this.#below.style.setProperty('height', `${this.#heights.total - this.#heights.above(this.#last + 1)}px`);
    const node = anchor && this.#shown.get(anchor.key);
    const top = node ? node.offsetTop - anchor.offset : this.#scroller.scrollHeight;
    // A write that changes nothing would still stop a running momentum.
    if (Math.abs(this.#scroller.scrollTop - top) > 0.5) this.#scroller.scrollTop = top;
    this.#note();
  }

  /** Note the row at the top of the view. */
  #note() {
    const { scrollTop } = this.#scroller;
    for (let index = this.#first; index <= this.#last; index++) {
      const { key } = this.#items[index];
      const node = /** @type {HTMLElement} */ (this.#shown.get(key));
      if (node.offsetTop + node.offsetHeight <= scrollTop) continue;
      this.#anchor = { key, offset: node.offsetTop - scrollTop };
      return;
    }
  }

  #scrolled() {
    if (this.#moving) return;
    this.#moving = true;
    requestAnimationFrame(() => {
      this.#moving = false;
      this.atEnd = this.#isAtEnd();
      this.#note();
      if (this.#isShort()) this.#show(this.#standing(), false);
      this.#onMove();
    });
  }

  #isAtEnd() {
    return this.margins.below < AT_END;
  }

  /** Whether the rows in the document will not reach for long. */
  #isShort() {
    const { scrollTop, clientHeight } = this.#scroller;
    const reserve = RESERVE * clientHeight;
    const start = this.#heights.above(this.#first);
    const end = this.#heights.above(this.#last + 1);
    return (this.#first > 0 && start > scrollTop - reserve) ||
      (this.#last < this.#items.length - 1 && end < scrollTop + clientHeight + reserve);
  }

  /** @param {ResizeObserverEntry[]} entries */
  #resized(entries) {
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      if (target === this.#scroller) changed = this.#reshaped() || changed;
      else changed = this.#rows.learn(/** @type {HTMLElement} */ (target).dataset.key ?? '', borderBoxSize[0].blockSize) || changed;
    }
    if (changed) this.#show(this.#standing(), false);
  }

  /** Another width: what was measured is true no more, except what is measured with it. */
  #reshaped() {
    const { clientWidth } = this.#scroller;
    if (clientWidth !== this.#width) {
      this.#width = clientWidth;
      this.#rows.forget((key) => this.#shown.has(key));
    }
    return true;
  }

  /** @param {string} key @param {HTMLElement} node */
  #remove(key, node) {
    this.#shown.delete(key);
    this.#discard(node);
  }

  /** Focus inside a row that goes falls back to the list. @param {HTMLElement} node */
  #discard(node) {
    if (node.contains(document.activeElement)) this.#scroller.focus({ preventScroll: true });
    this.#observer.unobserve(node);
    node.remove();
  }
}
