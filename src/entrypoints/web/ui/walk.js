/** From one entry of a list to the next with the arrow keys, to its ends with Home and End. */

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} entries in their order
 * @param {() => void} [onTop] where Up on the first entry leads
 */
export function walk(event, entries, onTop) {
  const at = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (to === undefined || event.altKey) return;
  event.preventDefault();
  if (to < 0) onTop?.();
  else entries[to]?.focus();
}
