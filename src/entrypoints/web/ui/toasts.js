/** Toasts: short words about what was just done, read out politely, gone by themselves. */

import { codeOf } from '../client/errors.js';
import { View } from './element.js';
import { explain } from './parts.js';
import { h } from './view.js';

const LASTS = 4_500;

/** @type {{id: number, text: string, tone: string}[]} */
let shown = [];
let next = 1;
/** @param {string} text @param {'plain' | 'bad'} [tone] */
export function toast(text, tone = 'plain') {
  const id = next++;
  shown = [...shown.slice(-2), { id, text, tone }];
  const region = stand();
  region.refresh();
  setTimeout(() => {
    shown = shown.filter((one) => one.id !== id);
    region.refresh();
  }, LASTS);
}

/** Everything outside of an open dialog is dimmed and silent: there the words stand inside it. */
function stand() {
  const place = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  const known = /** @type {ToastRegion | null} */ (document.querySelector('toast-region'));
  const region = known ?? /** @type {ToastRegion} */ (document.createElement('toast-region'));
  if (region.parentNode !== place) place.append(region);
  return region;
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
    this.setAttribute('role', 'status');
    this.setAttribute('aria-live', 'polite');
    super.connectedCallback();
  }

  /** @override */
  render() {
    return shown.map(({ id, text, tone }) =>
      h('p', { key: id, class: `toast toast-${tone}` }, text),
    );
  }
}

customElements.define('toast-region', ToastRegion);
