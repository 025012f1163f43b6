/**
 * The base of every custom element of the page: it paints itself when the state has changed. An
 * element that names its inputs is painted only when one of them is another value than before.
 */

import { forget, live, paintSoon } from './frames.js';
import { paint, same } from './view.js';

/** @import {Child} from './view.js' */

export class View extends HTMLElement {
  /** @type {readonly unknown[] | null} */
  #painted = null;

  connectedCallback() {
    live.add(this);
    this.refresh();
  }

  disconnectedCallback() {
    forget(this);
    this.#painted = null;
    this.left();
  }

  /** Paint this element with the next frame, whatever its inputs are. */
  refresh() {
    this.#painted = null;
    if (this.isConnected) paintSoon(this);
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

  /**
   * @returns {readonly unknown[] | undefined} what the picture depends on; undefined: paint always
   */
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
