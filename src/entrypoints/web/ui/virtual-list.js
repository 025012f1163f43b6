/**
 * A virtual list: only the rows near the view are in the document.
 *
 * Whatever changes (rows before the view, heights, the width), the first visible row keeps its
 * position on the screen: it is measured and restored, not computed from heights. A list at its end
 * stays at its end (scroll anchoring).
 */

import { MeasuredHeights } from './row-heights.js';
import { RenderedRows } from './rendered-rows.js';

/** @import {RowRenderer} from './rendered-rows.js' */
/** @typedef {{key: string}} Row */
/**
 * A row, and its distance in pixels from the top of the view.
 * @typedef {{key: string, offset: number}} Anchor a row, and its distance from the top of the view
 */

/** Screens that are rendered on each side of the view. */
const RENDERED_SCREENS = 1.5;
/**
 * More rows are rendered when fewer screens are left. The small difference keeps each step short
 * enough for one frame.
 */
const MIN_RENDERED_SCREENS = 1.2;
/** Closer to the end than this counts as at the end. */
const AT_END_PX = 48;
/** Rendering reveals the real heights, so finding the range may take several rounds. */
const MAX_MEASURE_ROUNDS = 4;

/** @template {Row} T */
export class VirtualList {
  #scroller;
  #renderer;
  #onMove;
  #rendered;
  /** @type {T[]} */
  #items = [];
  #heights = new MeasuredHeights();
  /** @type {Anchor | null} */
  #anchor = null;
  #lastWidth = 0;
  #lastScrollTop = 0;
  #isScrollScheduled = false;
  #observer = new ResizeObserver((entries) => this.#onResize(entries));
  /** Whether the view is at the end of the list. */
  atEnd = true;
  /**
   * Whether a list at its end stays there when rows are added. False while newer messages are not
   * loaded.
   */
  sticksToEnd = true;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content contains the rows
   * @param {RowRenderer<T>} renderer
   * @param {() => void} onMove called after scrolling
   */
  constructor(scroller, content, renderer, onMove) {
    this.#scroller = scroller;
    this.#renderer = renderer;
    this.#onMove = onMove;
    this.#rendered = new RenderedRows(content, renderer, this.#observer);
    scroller.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    this.#observer.observe(scroller);
  }

  /** Remove all rows, before another list is shown. */
  clear() {
    this.#heights.clear();
    this.#anchor = null;
    this.#items = [];
    this.#rendered.renderRange([], this.#indexOf, 0, -1);
    this.atEnd = true;
    this.set([]);
  }

  /** Stop observing sizes. */
  disconnect() {
    this.#observer.disconnect();
  }

  /** Set the rows; the view stays where it is. @param {T[]} items */
  set(items) {
    this.#readScroll();
    this.#items = items;
    this.#heights.set(items, this.#renderer.estimate);
    this.#rendered.updateRows(items, this.#indexOf);
    this.#renderAround(this.#anchorToKeep(), true);
  }

  /** @returns {Anchor | null} the position to save; null at the end */
  get scrollPosition() {
    return this.atEnd ? null : this.#anchor;
  }

  /** Scroll to a saved position, or to the end if it is null. @param {Anchor | null} position */
  restoreScroll(position) {
    this.atEnd = !position;
    this.#renderAround(
      position && this.#indexOf(position.key) !== undefined ? position : null,
      false,
    );
  }

  /**
   * Scroll to a row.
   * @param {string} key
   * @param {number} fraction where its top is placed: 0 at the top of the view, 1 at its end
   * @returns {HTMLElement | undefined} the row's element
   */
  scrollToRow(key, fraction) {
    if (this.#indexOf(key) === undefined) return undefined;
    this.#renderAround({ key, offset: this.#scroller.clientHeight * fraction }, false);
    this.atEnd = this.#isAtEnd();
    return this.#rendered.get(key);
  }

  /** Pixels above and below the view. */
  get margins() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return { above: scrollTop, below: scrollHeight - clientHeight - scrollTop };
  }

  /** The last row whose end is visible. @returns {T | undefined} */
  get lastVisible() {
    const tree = this.#heights.tree;
    const bottom =
      this.#scroller.scrollTop + this.#scroller.clientHeight - this.#rendered.contentTop + 1;
    const index = tree.rowAt(bottom);
    return this.#items[tree.size && tree.offsetOf(index + 1) > bottom ? index - 1 : index];
  }

  #indexOf = (/** @type {string} */ key) => this.#heights.indexOf(key);

  /**
   * The anchor to restore after a change: null for the end, or a row that is still in the list.
   * @returns {Anchor | null}
   */
  #anchorToKeep() {
    if (this.atEnd && this.sticksToEnd) return null;
    if (this.#anchor && this.#indexOf(this.#anchor.key) !== undefined) return this.#anchor;
    for (const [key, node] of this.#rendered.entries()) {
      const offset = node.offsetTop - this.#scroller.scrollTop;
      if (this.#indexOf(key) !== undefined && offset + node.offsetHeight > 0)
        return { key, offset };
    }
    return null;
  }

  /**
   * Render the rows around an anchor and scroll to it.
   * @param {Anchor | null} anchor null for the end
   * @param {boolean} measureAll measure all rendered rows, not only new ones
   */
  #renderAround(anchor, measureAll) {
    const tree = this.#heights.tree;
    const viewHeight = this.#scroller.clientHeight;
    let unmeasured = measureAll ? this.#rendered.entries() : [];
    for (let round = 0; round < MAX_MEASURE_ROUNDS; round++) {
      const end = tree.total - viewHeight;
      const wanted = anchor ? tree.offsetOf(this.#indexOf(anchor.key) ?? 0) - anchor.offset : end;
      const top = Math.max(0, Math.min(wanted, end));
      const [first, last] = [
        tree.rowAt(top - RENDERED_SCREENS * viewHeight),
        tree.rowAt(top + viewHeight + RENDERED_SCREENS * viewHeight),
      ];
      unmeasured.push(...this.#rendered.renderRange(this.#items, this.#indexOf, first, last));
      if (!this.#measure(unmeasured)) break;
      unmeasured = [];
    }
    this.#applyScroll(anchor);
  }

  /**
   * @param {[string, HTMLElement][]} rows
   * @returns {boolean} whether a height differs from the known one
   */
  #measure(rows) {
    const measured = rows.map(
      ([key, node]) =>
        node.isConnected && this.#heights.setMeasured(key, node.getBoundingClientRect().height),
    );
    return measured.includes(true);
  }

  /** @param {Anchor | null} anchor */
  #applyScroll(anchor) {
    const tree = this.#heights.tree;
    const { first, last } = this.#rendered;
    this.#rendered.setSpacerHeights(tree.offsetOf(first), tree.total - tree.offsetOf(last + 1));
    const node = anchor && this.#rendered.get(anchor.key);
    const top = node ? node.offsetTop - anchor.offset : this.#scroller.scrollHeight;
    // Setting the same value would still stop momentum scrolling.
    if (Math.abs(this.#scroller.scrollTop - top) > 0.5) this.#scroller.scrollTop = top;
    this.#noteAnchor();
  }

  /** Read the scroll position: the browser's scroll event comes later. */
  #readScroll() {
    if (this.#scroller.scrollTop === this.#lastScrollTop) return;
    this.atEnd = this.#isAtEnd();
    this.#noteAnchor();
  }

  /** Remember the first visible row. */
  #noteAnchor() {
    this.#lastScrollTop = this.#scroller.scrollTop;
    const tree = this.#heights.tree;
    const top = this.#lastScrollTop - this.#rendered.contentTop;
    const index = tree.rowAt(top);
    const item = this.#items[index];
    if (!item) return;
    // After a large jump the row may not be rendered; then its offset follows from the heights.
    const node = this.#rendered.get(item.key);
    const offset = node ? node.offsetTop - this.#lastScrollTop : tree.offsetOf(index) - top;
    this.#anchor = { key: item.key, offset };
  }

  #onScroll() {
    if (this.#isScrollScheduled) return;
    this.#isScrollScheduled = true;
    requestAnimationFrame(() => {
      this.#isScrollScheduled = false;
      this.#readScroll();
      if (this.#needsMoreRows()) this.#renderAround(this.#anchorToKeep(), false);
      this.#onMove();
    });
  }

  #isAtEnd() {
    return this.margins.below < AT_END_PX;
  }

  /** Whether the view is near the end of the rendered rows. */
  #needsMoreRows() {
    const tree = this.#heights.tree;
    const { first, last } = this.#rendered;
    const { scrollTop, clientHeight } = this.#scroller;
    const reserve = MIN_RENDERED_SCREENS * clientHeight;
    return (
      (first > 0 && tree.offsetOf(first) > scrollTop - reserve) ||
      (last < this.#items.length - 1 &&
        tree.offsetOf(last + 1) < scrollTop + clientHeight + reserve)
    );
  }

  /** @param {ResizeObserverEntry[]} entries */
  #onResize(entries) {
    this.#readScroll();
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      if (target === this.#scroller) changed = this.#onViewResized() || changed;
      else
        changed =
          this.#heights.setMeasured(
            /** @type {HTMLElement} */ (target).dataset.key ?? '',
            borderBoxSize[0].blockSize,
          ) || changed;
    }
    if (changed) this.#renderAround(this.#anchorToKeep(), false);
  }

  /** After a change of the width only heights that are measured again are valid. */
  #onViewResized() {
    const { clientWidth } = this.#scroller;
    if (clientWidth !== this.#lastWidth)
      this.#heights.keepOnly((key) => this.#rendered.get(key) !== undefined);
    this.#lastWidth = clientWidth;
    return true;
  }
}
