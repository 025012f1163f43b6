/**
 * Heights of the rows of a long list: sums up to a row, and the row at a height, in a few steps
 * however long the list is (a Fenwick tree).
 */

export class Heights {
  /** @type {Float64Array} */
  #values;
  /** @type {Float64Array} */
  #tree;

  /** @param {ArrayLike<number>} heights */
  constructor(heights) {
    const size = heights.length;
    this.#values = Float64Array.from(heights);
    this.#tree = new Float64Array(size + 1);
    for (let index = 1; index <= size; index++) {
      this.#tree[index] += this.#values[index - 1];
      const parent = index + (index & -index);
      if (parent <= size) this.#tree[parent] += this.#tree[index];
    }
  }

  /** How many rows there are. */
  get size() {
    return this.#values.length;
  }

  /** The height of everything. */
  get total() {
    return this.above(this.size);
  }

  /** @param {number} index */
  at(index) {
    return this.#values[index];
  }

  /** @param {number} index @param {number} height */
  set(index, height) {
    const change = height - this.#values[index];
    if (!change) return;
    this.#values[index] = height;
    for (let at = index + 1; at <= this.size; at += at & -at) this.#tree[at] += change;
  }

  /** The height of all rows before one. @param {number} index */
  above(index) {
    let sum = 0;
    for (let at = index; at > 0; at -= at & -at) sum += this.#tree[at];
    return sum;
  }

  /**
   * The row that covers a height.
   * @param {number} height
   * @returns {number} between 0 and the last row
   */
  rowAt(height) {
    let row = 0;
    let rest = height;
    let step = 1;
    while (step * 2 <= this.size) step *= 2;
    for (; step > 0; step = Math.floor(step / 2)) {
      if (row + step <= this.size && this.#tree[row + step] <= rest) {
        row += step;
        rest -= this.#tree[row];
      }
    }
    return Math.max(0, Math.min(row, this.size - 1));
  }
}

/** Heights by key: what was measured is kept while rows come and go around it. */
export class Measured {
  /** @type {Map<string, number>} */
  #known = new Map();
  /** Places by key; each is to be raised by `#base`. @type {Map<string, number>} */
  #index = new Map();
  #base = 0;
  /** @type {readonly {key: string}[]} */
  #rows = [];
  /** Heights by place. */
  places = new Heights([]);

  /**
   * These are the rows now. Most often few came or went at an end or between: only what is new is
   * estimated, and only the shorter side of it gets other places.
   * @template {{key: string}} T
   * @param {T[]} rows
   * @param {(row: T) => number} estimate of one that was never measured
   */
  set(rows, estimate) {
    const before = this.#rows;
    const [start, end] = unchanged(before, rows);
    const heights = new Float64Array(rows.length);
    for (let index = 0; index < start; index++) heights[index] = this.places.at(index);
    for (let index = 1; index <= end; index++)
      heights[rows.length - index] = this.places.at(before.length - index);
    for (let index = start; index < rows.length - end; index++)
      heights[index] = this.#known.get(rows[index].key) ?? estimate(rows[index]);
    for (const { key } of before.slice(start, before.length - end)) this.#index.delete(key);
    this.#rows = rows;
    this.#number(start, end, rows.length - before.length);
    this.places = new Heights(heights);
  }

  /**
   * Give new rows their places, and the rows on one side of them.
   * @param {number} start rows before them
   * @param {number} end rows after them
   * @param {number} shift how many more there are now
   */
  #number(start, end, shift) {
    const { length } = this.#rows;
    const ahead = start < end && shift !== 0;
    if (ahead) this.#base += shift;
    const from = ahead ? 0 : start;
    const to = ahead || shift === 0 ? length - end : length;
    for (let index = from; index < to; index++)
      this.#index.set(this.#rows[index].key, index - this.#base);
  }

  /** @param {string} key @returns {number | undefined} */
  indexOf(key) {
    const index = this.#index.get(key);
    return index === undefined ? undefined : index + this.#base;
  }

  /**
   * A row was measured.
   * @param {string} key
   * @param {number} height
   * @returns {boolean} whether it was another than thought
   */
  learn(key, height) {
    const index = this.indexOf(key);
    if (index === undefined) return false;
    this.#known.set(key, height);
    if (Math.abs(this.places.at(index) - height) < 0.25) return false;
    this.places.set(index, height);
    return true;
  }

  /**
   * The list got another width: only what is measured again is true.
   * @param {(key: string) => boolean} stays
   */
  forget(stays) {
    for (const key of this.#known.keys()) if (!stays(key)) this.#known.delete(key);
  }

  clear() {
    this.#known.clear();
  }
}

/**
 * How many rows at the start and at the end of two lists are the same.
 * @param {readonly {key: string}[]} before
 * @param {readonly {key: string}[]} rows
 * @returns {[number, number]}
 */
function unchanged(before, rows) {
  const least = Math.min(before.length, rows.length);
  let start = 0;
  while (start < least && isSame(before[start], rows[start])) start += 1;
  let end = 0;
  while (
    end < least - start &&
    isSame(before[before.length - 1 - end], rows[rows.length - 1 - end])
  )
    end += 1;
  return [start, end];
}

/** @param {{key: string}} one @param {{key: string}} other */
const isSame = (one, other) => one === other || one.key === other.key;
