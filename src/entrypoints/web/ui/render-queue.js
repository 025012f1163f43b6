/**
 * Batches rendering: all components that changed are rendered together in the next animation frame.
 */

/** @typedef {{requestUpdate(): void, update(): void}} Updatable */

/** Every component in the document. @type {Set<Updatable>} */
export const mounted = new Set();
/** @type {Set<Updatable>} */
const scheduled = new Set();
let isFrameRequested = false;

/** Render a component in the next animation frame. @param {Updatable} component */
export function scheduleUpdate(component) {
  scheduled.add(component);
  if (isFrameRequested) return;
  isFrameRequested = true;
  requestAnimationFrame(updateScheduled);
}

/** Remove a component that left the document. @param {Updatable} component */
export function unmount(component) {
  mounted.delete(component);
  scheduled.delete(component);
}

/** Let every component check whether its dependencies changed. */
export function updateAll() {
  for (const component of mounted) scheduleUpdate(component);
}

/** Render every component, for example after a change of the language. */
export function forceUpdateAll() {
  for (const component of mounted) component.requestUpdate();
}

function updateScheduled() {
  isFrameRequested = false;
  const done = new Set();
  // Components that appear during the rendering belong to the same frame.
  for (const component of scheduled) {
    scheduled.delete(component);
    // Requested again during its own rendering: wait for the next frame.
    if (done.has(component)) queueMicrotask(() => scheduleUpdate(component));
    else {
      done.add(component);
      component.update();
    }
  }
}
