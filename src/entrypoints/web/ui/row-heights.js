/**
 * Heights of the rows of a long list, in a Fenwick tree (Fenwick, 1994): prefix sums and the row at
 * an offset in O(log n).
 */

export class HeightTree {
  /** @type {Float64Array} */
  #values;
  /** @type {Float64Array} */
  #tree;

  /** @param {ArrayLike<number>} heights in pixels */
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

  /** Number of rows. */
  get size() {
    return this.#values.length;
  }

  /** Sum of all heights. */
  get total() {
    return this.offsetOf(this.size);
  }

  /** @param {number} index */
  heightAt(index) {
    return this.#values[index];
  }

  /** @param {number} index @param {number} height */
  set(index, height) {
    const change = height - this.#values[index];
    if (!change) return;
    this.#values[index] = height;
    for (let at = index + 1; at <= this.size; at += at & -at) this.#tree[at] += change;
  }

  /** Sum of the heights before a row. @param {number} index */
  offsetOf(index) {
    let sum = 0;
    for (let at = index; at > 0; at -= at & -at) sum += this.#tree[at];
    return sum;
  }

  /**
   * The row at an offset.
   * @param {number} height offset in pixels from the top of the first row
   * @returns {number} an index, limited to the existing rows
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

/** Heights by key. Measured heights are kept while rows are added and removed. */
export class MeasuredHeights {
  /** @type {Map<string, number>} */
  #measured = new Map();
  /** Index of each key, minus `#base`. @type {Map<string, number>} */
  #positions = new Map();
  #base = 0;
  /** @type {readonly {key: string}[]} */
  #rows = [];
  /** Heights by index. */
  tree = new HeightTree([]);

  /**
   * Set the rows. Usually only few were added or removed, so only new rows are estimated, and only
   * the shorter side of the change is renumbered.
   * @template {{key: string}} T
   * @param {T[]} rows
   * @param {(row: T) => number} estimate height of a row that was never measured
   */
  set(rows, estimate) {
    const before = this.#rows;
    const [start, end] = commonEnds(before, rows);
    const heights = new Float64Array(rows.length);
    for (let index = 0; index < start; index++) heights[index] = this.tree.heightAt(index);
    for (let index = 1; index <= end; index++)
      heights[rows.length - index] = this.tree.heightAt(before.length - index);
    for (let index = start; index < rows.length - end; index++)
      heights[index] = this.#measured.get(rows[index].key) ?? estimate(rows[index]);
    for (const { key } of before.slice(start, before.length - end)) this.#positions.delete(key);
    this.#rows = rows;
    this.#renumber(start, end, rows.length - before.length);
    this.tree = new HeightTree(heights);
  }

  /**
   * Renumber the new rows and those on one side of them.
   * @param {number} start number of rows before the change
   * @param {number} end number of rows after the change
   * @param {number} shift number of added minus removed rows
   */
  #renumber(start, end, shift) {
    const { length } = this.#rows;
    const ahead = start < end && shift !== 0;
    if (ahead) this.#base += shift;
    const from = ahead ? 0 : start;
    const to = ahead || shift === 0 ? length - end : length;
    for (let index = from; index < to; index++)
      this.#positions.set(this.#rows[index].key, index - this.#base);
  }

  /** @param {string} key @returns {number | undefined} */
  indexOf(key) {
    const index = this.#positions.get(key);
    return index === undefined ? undefined : index + this.#base;
  }

  /**
   * Store a measured height.
   * @param {string} key
   * @param {number} height
   * @returns {boolean} whether it differs from the known height
   */
  setMeasured(key, height) {
    const index = this.indexOf(key);
    if (index === undefined) return false;
    this.#measured.set(key, height);
    if (Math.abs(this.tree.heightAt(index) - height) < 0.25) return false;
    this.tree.set(index, height);
    return true;
  }

  /**
   * After a change of the width, forget the measured heights of other rows.
   * @param {(key: string) => boolean} stays whether a row will be measured again
   */
  keepOnly(stays) {
    for (const key of this.#measured.keys()) if (!stays(key)) this.#measured.delete(key);
  }

  clear() {
    this.#measured.clear();
  }
}

/**
 * The number of equal rows at the start and at the end of two lists.
 * @param {readonly {key: string}[]} before
 * @param {readonly {key: string}[]} rows
 * @returns {[number, number]}
 */
function commonEnds(before, rows) {
  const least = Math.min(before.length, rows.length);
  let start = 0;
  while (start < least && isSameRow(before[start], rows[start])) start += 1;
  let end = 0;
  while (
    end < least - start &&
    isSameRow(before[before.length - 1 - end], rows[rows.length - 1 - end])
  )
    end += 1;
  return [start, end];
}

/** @param {{key: string}} one @param {{key: string}} other */
const isSameRow = (one, other) => one === other || one.key === other.key;
