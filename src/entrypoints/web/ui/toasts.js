/**
 * Toasts: short messages about the last action, announced politely, which disappear by themselves.
 */

import { errorCode } from '../client/errors.js';
import { Component } from './component.js';
import { errorText } from './error-text.js';
import { h } from './vdom.js';

const SHOWN_MS = 4_500;

/** @type {{id: number, text: string, kind: string}[]} */
let shown = [];
let next = 1;
/**
 * Show a toast.
 * @param {string} text
 * @param {'plain' | 'error'} [kind]
 */
export function toast(text, kind = 'plain') {
  const id = next++;
  shown = [...shown.slice(-2), { id, text, kind }];
  const region = toastRegion();
  region.requestUpdate();
  setTimeout(() => {
    shown = shown.filter((one) => one.id !== id);
    region.requestUpdate();
  }, SHOWN_MS);
}

/** @returns {ToastRegion | null} */
const existingRegion = () => document.querySelector('toast-region');

function toastRegion() {
  const region =
    existingRegion() ?? /** @type {ToastRegion} */ (document.createElement('toast-region'));
  place(region);
  return region;
}

/** Keep the toasts that are shown above a dialog that was opened, or is about to be removed. */
export function placeToasts() {
  const region = existingRegion();
  if (region) place(region);
}

/**
 * Show the toasts above everything else. While a modal dialog is open everything outside is inert,
 * so they are placed inside the dialog.
 * @param {ToastRegion} region
 */
function place(region) {
  const parent = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  if (region.parentNode !== parent) parent.append(region);
}

/**
 * Show the error of a failed action as a toast.
 * @template T
 * @param {Promise<T>} promise
 * @param {string} [successText] words for success
 * @returns {Promise<T | undefined>} undefined if it failed
 */
export async function attempt(promise, successText) {
  try {
    const result = await promise;
    if (successText) toast(successText);
    return result;
  } catch (error) {
    toast(errorText(error), 'error');
    if (errorCode(error) === 'internal') throw error;
    return undefined;
  }
}

export class ToastRegion extends Component {
  /** @override */
  connectedCallback() {
    this.setAttribute('role', 'status');
    this.setAttribute('aria-live', 'polite');
    // The top layer is ordered by time: what was shown last is above all dialogs.
    this.popover = 'manual';
    this.showPopover();
    super.connectedCallback();
  }

  /** @override */
  render() {
    return shown.map(({ id, text, kind }) =>
      h('p', { key: id, class: `toast toast-${kind}` }, text),
    );
  }
}

customElements.define('toast-region', ToastRegion);
