/**
 * The base of every custom element of the page: it paints itself when the state has changed.
 *
 * All changes of one frame are painted together. An element that names its inputs is painted only
 * when one of them is another value than before.
 */

import { paint, same } from './view.js';

/** @import {Child} from './view.js' */

/** @type {Set<View>} */
const live = new Set();
/** @type {Set<View>} */
let waiting = new Set();
let asked = false;

/** Paint whatever has changed, soon. */
export function refreshAll() {
  for (const view of live) waiting.add(view);
  ask();
}

/** Paint everything anew: what changed is no input of anybody, such as the language. */
export function repaintAll() {
  for (const view of live) view.refresh();
}

function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    flush();
  });
}

function flush() {
  const done = new Set();
  // Painting an element may bring new ones in: they belong to the same frame.
  for (const view of waiting) {
    waiting.delete(view);
    if (done.has(view)) continue;
    done.add(view);
    view.repaint();
  }
  waiting = new Set();
}

export class View extends HTMLElement {
  /** @type {readonly unknown[] | null} */
  #painted = null;

  connectedCallback() {
    live.add(this);
    this.refresh();
  }

  disconnectedCallback() {
    live.delete(this);
    waiting.delete(this);
    this.#painted = null;
    this.left();
  }

  /** Paint this element with the next frame, whatever its inputs are. */
  refresh() {
    this.#painted = null;
    if (!this.isConnected) return;
    waiting.add(this);
    ask();
  }

  /** Paint now if an input changed. */
  repaint() {
    if (!this.isConnected) return;
    const inputs = this.inputs();
    if (inputs && this.#painted && same(inputs, this.#painted)) return;
    this.#painted = inputs ?? null;
    paint(this, ...[this.render()].flat());
    this.painted();
  }

  /** @returns {readonly unknown[] | undefined} what the picture depends on; undefined: paint always */
  inputs() {
    return undefined;
  }

  /** @returns {Child | Child[]} */
  render() {
    return [];
  }

  /** Called after each painting. */
  painted() {}

  /** Called when the element left the page. */
  left() {}
}
