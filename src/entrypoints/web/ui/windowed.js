/**
 * A long list of which only what is near the view is in the document.
 *
 * Whatever changes (rows before the first one, a row that grows, a narrower window), the row that
 * the user looks at stays where it is: its place on the screen is noted and restored, never
 * computed from heights alone. A list that is at its end stays at its end.
 */

import { Measured } from './heights.js';
import { ShownRows } from './shown-rows.js';

/** @import {Painter} from './shown-rows.js' */
/** @typedef {{key: string}} Row */
/**
 * @typedef {{key: string, offset: number}} Anchor a row, and its distance from the top of the view
 */

/** Rows are kept for so many screens on each side … */
const AHEAD = 1.5;
/** … and brought in when fewer than so many are left: a few at a time, many would cost a frame. */
const RESERVE = 1.2;
/** So close to the end is at the end. */
const AT_END = 48;
/** Heights become known by showing rows, so the right range may take a few rounds. */
const ROUNDS = 4;

/** @template {Row} T */
export class Windowed {
  #scroller;
  #painter;
  #onMove;
  #shown;
  /** @type {T[]} */
  #items = [];
  #rows = new Measured();
  /** @type {Anchor | null} */
  #anchor = null;
  #width = 0;
  #top = 0;
  #moving = false;
  #observer = new ResizeObserver((entries) => this.#resized(entries));
  /** Whether the view is at the end of the list. */
  atEnd = true;
  /**
   * Whether a view at the end stays there when rows are added; not where more are known to come.
   */
  follows = true;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content
   * @param {Painter<T>} painter
   * @param {() => void} onMove called after the view moved
   */
  constructor(scroller, content, painter, onMove) {
    this.#scroller = scroller;
    this.#painter = painter;
    this.#onMove = onMove;
    this.#shown = new ShownRows(content, painter, this.#observer);
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#observer.observe(scroller);
  }

  /** Forget everything: another list is shown. */
  clear() {
    this.#rows.clear();
    this.#anchor = null;
    this.#items = [];
    this.#shown.bring([], this.#indexOf, 0, -1);
    this.atEnd = true;
    this.set([]);
  }

  /** Stop observing. */
  end() {
    this.#observer.disconnect();
  }

  /** Show these rows; the view stays where it is. @param {T[]} items */
  set(items) {
    this.#look();
    this.#items = items;
    this.#rows.set(items, this.#painter.estimate);
    this.#shown.renew(items, this.#indexOf);
    this.#show(this.#standing(), true);
  }

  /** @returns {Anchor | null} where the view stands; null at the end */
  get place() {
    return this.atEnd ? null : this.#anchor;
  }

  /** Go to a place that was noted, or to the end. @param {Anchor | null} place */
  restore(place) {
    this.atEnd = !place;
    this.#show(place && this.#indexOf(place.key) !== undefined ? place : null, false);
  }

  /**
   * Bring a row into the view.
   * @param {string} key
   * @param {number} share where its top stands: 0 at the top of the view, 1 at its end
   * @returns {HTMLElement | undefined} the row
   */
  reveal(key, share) {
    if (this.#indexOf(key) === undefined) return undefined;
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
    const heights = this.#rows.places;
    const bottom = this.#scroller.scrollTop + this.#scroller.clientHeight - this.#shown.start + 1;
    const index = heights.rowAt(bottom);
    return this.#items[heights.size && heights.above(index + 1) > bottom ? index - 1 : index];
  }

  #indexOf = (/** @type {string} */ key) => this.#rows.indexOf(key);

  /**
   * The place to keep: the end, or a row of the old list that is in the new one.
   * @returns {Anchor | null}
   */
  #standing() {
    if (this.atEnd && this.follows) return null;
    if (this.#anchor && this.#indexOf(this.#anchor.key) !== undefined) return this.#anchor;
    for (const [key, node] of this.#shown.entries()) {
      const offset = node.offsetTop - this.#scroller.scrollTop;
      if (this.#indexOf(key) !== undefined && offset + node.offsetHeight > 0)
        return { key, offset };
    }
    return null;
  }

  /**
   * Put the right rows into the document, then the view onto its place.
   * @param {Anchor | null} anchor null: the end
   * @param {boolean} all measure all shown rows, not only new ones
   */
  #show(anchor, all) {
    const heights = this.#rows.places;
    const view = this.#scroller.clientHeight;
    let fresh = all ? this.#shown.entries() : [];
    for (let round = 0; round < ROUNDS; round++) {
      const end = heights.total - view;
      const wanted = anchor ? heights.above(this.#indexOf(anchor.key) ?? 0) - anchor.offset : end;
      const top = Math.max(0, Math.min(wanted, end));
      const [first, last] = [
        heights.rowAt(top - AHEAD * view),
        heights.rowAt(top + view + AHEAD * view),
      ];
      fresh.push(...this.#shown.bring(this.#items, this.#indexOf, first, last));
      if (!this.#measure(fresh)) break;
      fresh = [];
    }
    this.#place(anchor);
  }

  /**
   * @param {[string, HTMLElement][]} rows
   * @returns {boolean} whether a height was another than thought
   */
  #measure(rows) {
    const measured = rows.map(
      ([key, node]) =>
        node.isConnected && this.#rows.learn(key, node.getBoundingClientRect().height),
    );
    return measured.includes(true);
  }

  /** @param {Anchor | null} anchor */
  #place(anchor) {
    const heights = this.#rows.places;
    const { first, last } = this.#shown;
    this.#shown.space(heights.above(first), heights.total - heights.above(last + 1));
    const node = anchor && this.#shown.get(anchor.key);
    const top = node ? node.offsetTop - anchor.offset : this.#scroller.scrollHeight;
    // A write that changes nothing would still stop a running momentum.
    if (Math.abs(this.#scroller.scrollTop - top) > 0.5) this.#scroller.scrollTop = top;
    this.#note();
  }

  /** The view may have moved since it was looked at last: the event of that comes later. */
  #look() {
    if (this.#scroller.scrollTop === this.#top) return;
    this.atEnd = this.#isAtEnd();
    this.#note();
  }

  /** Note the row at the top of the view. */
  #note() {
    this.#top = this.#scroller.scrollTop;
    const heights = this.#rows.places;
    const top = this.#top - this.#shown.start;
    const index = heights.rowAt(top);
    const item = this.#items[index];
    if (!item) return;
    // A jump passed all rows that are in the document: what is there goes by the heights alone.
    const node = this.#shown.get(item.key);
    const offset = node ? node.offsetTop - this.#top : heights.above(index) - top;
    this.#anchor = { key: item.key, offset };
  }

  #scrolled() {
    if (this.#moving) return;
    this.#moving = true;
    requestAnimationFrame(() => {
      this.#moving = false;
      this.#look();
      if (this.#isShort()) this.#show(this.#standing(), false);
      this.#onMove();
    });
  }

  #isAtEnd() {
    return this.margins.below < AT_END;
  }

  /** Whether the rows in the document will not reach for long. */
  #isShort() {
    const heights = this.#rows.places;
    const { first, last } = this.#shown;
    const { scrollTop, clientHeight } = this.#scroller;
    const reserve = RESERVE * clientHeight;
    return (
      (first > 0 && heights.above(first) > scrollTop - reserve) ||
      (last < this.#items.length - 1 &&
        heights.above(last + 1) < scrollTop + clientHeight + reserve)
    );
  }

  /** @param {ResizeObserverEntry[]} entries */
  #resized(entries) {
    this.#look();
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      if (target === this.#scroller) changed = this.#reshaped() || changed;
      else
        changed =
          this.#rows.learn(
            /** @type {HTMLElement} */ (target).dataset.key ?? '',
            borderBoxSize[0].blockSize,
          ) || changed;
    }
    if (changed) this.#show(this.#standing(), false);
  }

  /** Another width: what was measured is true no more, except what is measured with it. */
  #reshaped() {
    const { clientWidth } = this.#scroller;
    if (clientWidth !== this.#width)
      this.#rows.forget((key) => this.#shown.get(key) !== undefined);
    this.#width = clientWidth;
    return true;
  }
}
