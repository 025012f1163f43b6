/** Toasts: short words about what was just done, read out politely, gone by themselves. */

import { codeOf } from '../client/errors.js';
import { View } from './element.js';
import { explain } from './parts.js';
import { h } from './view.js';

const LASTS = 4_500;

/** @type {{id: number, text: string, tone: string}[]} */
let shown = [];
let next = 1;
/** @type {ToastRegion | null} */
let region = null;

/** @param {string} text @param {'plain' | 'bad'} [tone] */
export function toast(text, tone = 'plain') {
  const id = next++;
  shown = [...shown.slice(-2), { id, text, tone }];
  region?.refresh();
  setTimeout(() => {
    shown = shown.filter((one) => one.id !== id);
    region?.refresh();
  }, LASTS);
}

/**
 * Do something that may fail; a failure becomes a toast.
 * @template T
 * @param {Promise<T>} work
 * @param {string} [done] words for success
 * @returns {Promise<T | undefined>}
 */
export async function attempt(work, done) {
  try {
    const result = await work;
    if (done) toast(done);
    return result;
  } catch (error) {
    toast(explain(error), 'bad');
    if (codeOf(error) === 'internal') throw error;
    return undefined;
  }
}

export class ToastRegion extends View {
  /** @override */
  connectedCallback() {
    region = this;
    this.setAttribute('role', 'status');
    this.setAttribute('aria-live', 'polite');
    super.connectedCallback();
  }

  /** @override */
  render() {
    return shown.map(({ id, text, tone }) => h('p', { key: id, class: `toast toast-${tone}` }, text));
  }
}

customElements.define('toast-region', ToastRegion);
