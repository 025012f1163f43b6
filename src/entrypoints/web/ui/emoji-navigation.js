/** Where the keys lead in a grid that is divided into sections. */

/** @typedef {{section: number, index: number}} Place */
/**
 * @typedef {object} Grid
 * @property {number[]} lengths of the sections; none is 0
 * @property {number} columns
 * @property {number} pageRows how many rows are visible
 */

/**
 * The place that a key leads to.
 * @param {{key: string, ctrlKey: boolean}} event
 * @param {Place} from
 * @param {Grid} grid
 * @returns {Place | 'above' | null} `above`: out of the grid; null: the key leads nowhere
 */
export function placeAfter({ key, ctrlKey }, from, grid) {
  const { lengths, columns } = grid;
  const lastSection = lengths.length - 1;
  const rowStart = from.index - (from.index % columns);
  switch (key) {
    case 'ArrowRight':
      return step(from, 1, lengths);
    case 'ArrowLeft':
      return step(from, -1, lengths);
    case 'ArrowDown':
      return rowsAway(from, 1, grid) ?? from;
    case 'ArrowUp':
      return rowsAway(from, -1, grid) ?? 'above';
    case 'PageDown':
      return pageAway(from, 1, grid);
    case 'PageUp':
      return pageAway(from, -1, grid);
    case 'Home':
      return ctrlKey ? { section: 0, index: 0 } : { ...from, index: rowStart };
    case 'End':
      return ctrlKey
        ? { section: lastSection, index: lengths[lastSection] - 1 }
        : { ...from, index: Math.min(rowStart + columns, lengths[from.section]) - 1 };
    default:
      return null;
  }
}

/** @param {Place} from @param {1 | -1} by @param {number[]} lengths @returns {Place} */
function step({ section, index }, by, lengths) {
  const next = index + by;
  if (next >= 0 && next < lengths[section]) return { section, index: next };
  if (lengths[section + by] === undefined) return { section, index };
  return { section: section + by, index: by > 0 ? 0 : lengths[section - 1] - 1 };
}

/**
 * The place in the next or the previous row, in the same column if there is one.
 * @param {Place} from
 * @param {1 | -1} by
 * @param {Grid} grid
 * @returns {Place | null} null if there is no such row
 */
function rowsAway({ section, index }, by, { lengths, columns }) {
  const column = index % columns;
  const rows = (/** @type {number} */ length) => Math.ceil(length / columns);
  let row = Math.floor(index / columns) + by;
  if (row < 0 || row >= rows(lengths[section])) {
    section += by;
    if (lengths[section] === undefined) return null;
    row = by > 0 ? 0 : rows(lengths[section]) - 1;
  }
  return { section, index: Math.min(row * columns + column, lengths[section] - 1) };
}

/** @param {Place} from @param {1 | -1} by @param {Grid} grid */
function pageAway(from, by, grid) {
  let place = from;
  for (let row = 0; row < grid.pageRows; row++) place = rowsAway(place, by, grid) ?? place;
  return place;
}
