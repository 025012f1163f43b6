/**
 * Base class of the page's custom elements. An element renders again after a change of the state,
 * unless its `dependencies` are the same as before.
 */

import { unmount, mounted, scheduleUpdate } from './render-queue.js';
import { render, shallowEqual } from './vdom.js';

/** @import {Child} from './vdom.js' */

export class Component extends HTMLElement {
  /** @type {readonly unknown[] | null} */
  #lastDependencies = null;

  connectedCallback() {
    mounted.add(this);
    this.requestUpdate();
  }

  disconnectedCallback() {
    unmount(this);
    this.#lastDependencies = null;
    this.disconnected();
  }

  /** Render in the next animation frame, whatever the dependencies are. */
  requestUpdate() {
    this.#lastDependencies = null;
    if (this.isConnected) scheduleUpdate(this);
  }

  /** Render now, if a dependency changed. */
  update() {
    if (!this.isConnected) return;
    const dependencies = this.dependencies();
    if (
      dependencies &&
      this.#lastDependencies &&
      shallowEqual(dependencies, this.#lastDependencies)
    )
      return;
    this.#lastDependencies = dependencies ?? null;
    render(this, ...[this.render()].flat());
    this.updated();
  }

  /**
   * Override: the values that the rendering depends on; undefined to render after every change.
   * @returns {readonly unknown[] | undefined} compared by identity
   */
  dependencies() {
    return undefined;
  }

  /** Override: the content of the element. @returns {Child | Child[]} */
  render() {
    return [];
  }

  /** Override: called after each rendering. */
  updated() {}

  /** Override: called after the element was removed from the document. */
  disconnected() {}
}
