/** The rows of a long list that are in the document: a range of them, between two empty blocks. */

/**
 * @template {{key: string}} T
 * @typedef {object} Painter
 * @property {(item: T) => HTMLElement} create
 * @property {(node: HTMLElement, item: T) => void} update
 * @property {(item: T) => number} estimate height of a row that was never measured
 */

/** @template {{key: string}} T */
export class ShownRows {
  #content;
  #painter;
  #observer;
  #above = document.createElement('div');
  #below = document.createElement('div');
  /** @type {Map<string, HTMLElement>} */
  #nodes = new Map();
  /** The range that is shown; empty where `last` is before `first`. */
  first = 0;
  last = -1;

  /**
   * @param {HTMLElement} content
   * @param {Painter<T>} painter
   * @param {ResizeObserver} observer watches every row that is shown
   */
  constructor(content, painter, observer) {
    this.#content = content;
    this.#painter = painter;
    this.#observer = observer;
    content.replaceChildren(this.#above, this.#below);
  }

  /** @param {string} key */
  get(key) {
    return this.#nodes.get(key);
  }

  /** Every shown row with its key. */
  entries() {
    return [...this.#nodes];
  }

  /** Where the rows begin: a short list stands at the end of the view. */
  get start() {
    return Math.max(0, this.#above.offsetTop);
  }

  /**
   * The rows are others now: drop the ones that went, paint those that stay.
   * @param {T[]} items
   * @param {(key: string) => number | undefined} indexOf
   */
  renew(items, indexOf) {
    for (const [key, node] of this.#nodes) {
      const index = indexOf(key);
      if (index === undefined) this.#remove(key, node);
      else this.#painter.update(node, items[index]);
    }
  }

  /**
   * Make the document hold a range.
   * @param {T[]} items
   * @param {(key: string) => number | undefined} indexOf
   * @param {number} first
   * @param {number} last
   * @returns {[string, HTMLElement][]} the rows that are new in it
   */
  bring(items, indexOf, first, last) {
    [this.first, this.last] = items.length ? [first, last] : [0, -1];
    /** @type {[string, HTMLElement][]} */
    const fresh = [];
    for (const [key, node] of this.#nodes) {
      const index = indexOf(key) ?? -1;
      if (index < this.first || index > this.last) this.#remove(key, node);
    }
    let cursor = this.#above.nextSibling;
    for (const item of items.slice(this.first, this.last + 1)) {
      const node = this.#nodes.get(item.key) ?? this.#create(item, fresh);
      if (node === cursor) cursor = cursor.nextSibling;
      else this.#content.insertBefore(node, cursor);
    }
    return fresh;
  }

  /** Heights of what is not shown. @param {number} above @param {number} below */
  space(above, below) {
    this.#above.style.setProperty('height', `${above}px`);
    this.#below.style.setProperty('height', `${below}px`);
  }

  /** @param {T} item @param {[string, HTMLElement][]} fresh */
  #create(item, fresh) {
    const node = this.#painter.create(item);
    this.#nodes.set(item.key, node);
    this.#observer.observe(node);
    fresh.push([item.key, node]);
    return node;
  }

  /**
   * Focus inside a row that goes falls back to the list.
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
