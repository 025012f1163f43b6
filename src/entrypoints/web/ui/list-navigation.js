/** Keyboard navigation in lists: arrow keys, Home and End. */

/**
 * Move the focus in a list.
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} entries focusable elements in their order
 * @param {() => void} [onTop] where Up on the first entry leads
 */
export function moveFocus(event, entries, onTop) {
  const current = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const target = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    Home: 0,
    End: entries.length - 1,
  }[event.key];
  if (target === undefined || event.altKey) return;
  event.preventDefault();
  if (target < 0) onTop?.();
  else entries[target]?.focus();
}

/** @param {Element} timeline @returns {HTMLElement[]} */
const messageRows = (timeline) =>
  [...timeline.querySelectorAll('.row-message')].map((row) => /** @type {HTMLElement} */ (row));

/**
 * @param {Element} timeline
 * @returns {HTMLElement | undefined} the focused message
 */
export const focusedRow = (timeline) =>
  messageRows(timeline).find((row) => row === document.activeElement);

/**
 * Move the focus to the previous or next message; from outside, to the nearest visible one.
 * @param {Element} timeline
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key was handled
 */
export function moveRowFocus(timeline, { key, altKey }) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (!step || altKey) return false;
  const rows = messageRows(timeline);
  const current = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next =
    current < 0 ? visibleRows(timeline, rows).at(step < 0 ? -1 : 0) : rows[current + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
  return true;
}

/**
 * Move the focus from a message into its buttons, among them, and back with Escape.
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key was handled
 */
export function moveAmongButtons({ key, altKey, target }) {
  const row = target instanceof Element ? target.closest('.row-message') : null;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (!(row instanceof HTMLElement) || altKey) return false;
  if (key === 'Escape' && target !== row) {
    row.focus();
    return true;
  }
  if (!step) return false;
  /** @type {HTMLElement[]} */
  const buttons = /** @type {any} */ ([
    ...row.querySelectorAll(':is(.bubble, .reactions, .row-actions) button'),
  ]);
  const shown = buttons.filter((button) => button.checkVisibility());
  const next = shown.indexOf(/** @type {HTMLElement} */ (target)) + step;
  (next < 0 ? (target === row ? shown.at(-1) : row) : shown[next])?.focus();
  return true;
}

const HIGHLIGHT_MS = 2_000;

/** Focus a message and highlight it for a moment. @param {HTMLElement} row */
export function highlightRow(row) {
  row.classList.add('highlight');
  row.focus({ preventScroll: true });
  setTimeout(() => row.classList.remove('highlight'), HIGHLIGHT_MS);
}

/** @param {Element} timeline @param {HTMLElement[]} rows */
function visibleRows(timeline, rows) {
  const { top, bottom } = timeline.getBoundingClientRect();
  return rows.filter((row) => {
    const box = row.getBoundingClientRect();
    return box.bottom > top && box.top < bottom;
  });
}

/**
 * The message for which a context menu was requested, or null if the browser's own menu is better:
 * for links and selected text.
 * @param {MouseEvent} event
 * @returns {HTMLElement | null}
 */
export function rowForContextMenu(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return target.closest('a:not(.quote)') || getSelection()?.toString()
    ? null
    : target.closest('.row-message');
}
