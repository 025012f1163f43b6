/** The rows of a virtual list that are in the document: a range between two spacers. */

/**
 * @template {{key: string}} T
 * @typedef {object} RowRenderer
 * @property {(item: T) => HTMLElement} create
 * @property {(node: HTMLElement, item: T) => void} update
 * @property {(item: T) => number} estimate height in pixels of a row that was never measured
 */

/** A range of rows in the document. @template {{key: string}} T */
export class RenderedRows {
  #content;
  #renderer;
  #observer;
  #spacerAbove = document.createElement('div');
  #spacerBelow = document.createElement('div');
  /** @type {Map<string, HTMLElement>} */
  #nodes = new Map();
  /** First and last index of the range; empty if `last` is less than `first`. */
  first = 0;
  last = -1;

  /**
   * @param {HTMLElement} content
   * @param {RowRenderer<T>} renderer
   * @param {ResizeObserver} observer observes the size of each row
   */
  constructor(content, renderer, observer) {
    this.#content = content;
    this.#renderer = renderer;
    this.#observer = observer;
    content.replaceChildren(this.#spacerAbove, this.#spacerBelow);
  }

  /** @param {string} key */
  get(key) {
    return this.#nodes.get(key);
  }

  /** Keys and elements of the rows. */
  entries() {
    return [...this.#nodes];
  }

  /** Top of the first row in pixels. A short list is at the end of the view. */
  get contentTop() {
    return Math.max(0, this.#spacerAbove.offsetTop);
  }

  /**
   * Update the rows after a change of the items: remove rows whose item is gone, render the others
   * again.
   * @param {T[]} items
   * @param {(key: string) => number | undefined} indexOf
   */
  updateRows(items, indexOf) {
    for (const [key, node] of this.#nodes) {
      const index = indexOf(key);
      if (index === undefined) this.#remove(key, node);
      else this.#renderer.update(node, items[index]);
    }
  }

  /**
   * Put a range of items into the document.
   * @param {T[]} items
   * @param {(key: string) => number | undefined} indexOf
   * @param {number} first
   * @param {number} last
   * @returns {[string, HTMLElement][]} keys and elements of the rows that were added
   */
  renderRange(items, indexOf, first, last) {
    [this.first, this.last] = items.length ? [first, last] : [0, -1];
    /** @type {[string, HTMLElement][]} */
    const added = [];
    for (const [key, node] of this.#nodes) {
      const index = indexOf(key) ?? -1;
      if (index < this.first || index > this.last) this.#remove(key, node);
    }
    let cursor = this.#spacerAbove.nextSibling;
    for (const item of items.slice(this.first, this.last + 1)) {
      const node = this.#nodes.get(item.key) ?? this.#create(item, added);
      if (node === cursor) cursor = cursor.nextSibling;
      else this.#content.insertBefore(node, cursor);
    }
    return added;
  }

  /**
   * Set the heights of the spacers, in pixels.
   * @param {number} above
   * @param {number} below
   */
  setSpacerHeights(above, below) {
    this.#spacerAbove.style.setProperty('height', `${above}px`);
    this.#spacerBelow.style.setProperty('height', `${below}px`);
  }

  /** @param {T} item @param {[string, HTMLElement][]} added */
  #create(item, added) {
    const node = this.#renderer.create(item);
    this.#nodes.set(item.key, node);
    this.#observer.observe(node);
    added.push([item.key, node]);
    return node;
  }

  /**
   * Remove a row. Focus inside it moves to the list.
   * @param {string} key
   * @param {HTMLElement} node
   */
  #remove(key, node) {
    const { activeElement } = document;
    if (node.contains(activeElement))
      /** @type {HTMLElement | null} */ (node.closest('[tabindex="0"]'))?.focus({
        preventScroll: true,
      });
    this.#nodes.delete(key);
    this.#observer.unobserve(node);
    node.remove();
  }
}
