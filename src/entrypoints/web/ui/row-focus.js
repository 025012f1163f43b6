/** From message to message with the arrow keys, and from a click to its message. */

/** @param {Element} timeline @returns {HTMLElement[]} */
const rowsOf = (timeline) =>
  [...timeline.querySelectorAll('.row-message')].map((row) => /** @type {HTMLElement} */ (row));

/** @param {Element} timeline @returns {HTMLElement | undefined} the row that has the focus */
export const focusedRow = (timeline) =>
  rowsOf(timeline).find((row) => row === document.activeElement);

/**
 * Move the focus to the row above or below; from outside, to the nearest one in the view.
 * @param {Element} timeline
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key was one of these
 */
export function walkRows(timeline, { key, altKey }) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (!step || altKey) return false;
  const rows = rowsOf(timeline);
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = at < 0 ? inView(timeline, rows).at(step < 0 ? -1 : 0) : rows[at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
  return true;
}

/** @param {Element} timeline @param {HTMLElement[]} rows */
function inView(timeline, rows) {
  const { top, bottom } = timeline.getBoundingClientRect();
  return rows.filter((row) => {
    const box = row.getBoundingClientRect();
    return box.bottom > top && box.top < bottom;
  });
}

/**
 * The row of a message that a menu was asked for. The browser's own menu is left to links and to
 * selected text: it knows them better.
 * @param {MouseEvent} event
 * @returns {HTMLElement | null}
 */
export function rowUnder(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return target.closest('a') || getSelection()?.toString() ? null : target.closest('.row-message');
}
