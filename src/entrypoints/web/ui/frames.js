/** One picture a frame: whatever changed until then is painted together. */

/** @typedef {{refresh(): void, repaint(): void}} Painted */

/** Every view on the page. @type {Set<Painted>} */
export const live = new Set();
/** @type {Set<Painted>} */
const waiting = new Set();
let asked = false;

/** Paint a view with the next frame. @param {Painted} view */
export function paintSoon(view) {
  waiting.add(view);
  if (asked) return;
  asked = true;
  requestAnimationFrame(paintAll);
}

/** A view that left the page is not painted. @param {Painted} view */
export function forget(view) {
  live.delete(view);
  waiting.delete(view);
}

/** Let every view look whether its inputs changed. */
export function refreshAll() {
  for (const view of live) paintSoon(view);
}

/** Paint everything anew: what changed is no input of anybody, such as the language. */
export function repaintAll() {
  for (const view of live) view.refresh();
}

function paintAll() {
  asked = false;
  const done = new Set();
  // Painting a view may bring new ones in: they belong to the same frame.
  for (const view of waiting) {
    waiting.delete(view);
    // Asked for again while it was painted: that is for the next frame.
    if (done.has(view)) queueMicrotask(() => paintSoon(view));
    else {
      done.add(view);
      view.repaint();
    }
  }
}
