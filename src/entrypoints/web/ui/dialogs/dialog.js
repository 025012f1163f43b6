/** Modal dialogs. Escape and a click outside close them. */

import { Component } from '../component.js';
import { t } from '../i18n.js';
import { closeMenu } from '../menu.js';
import { placeToasts } from '../toasts.js';
import { button, iconButton } from '../widgets.js';
import { h } from '../vdom.js';

/** @import {Child} from '../vdom.js' */

let titleCount = 0;

export class DialogView extends Component {
  /** Id of the heading, which names the dialog for screen readers. */
  titleId = `dialog-title-${++titleCount}`;
  /** What is focused after the next rendering: a selector. @type {string | null} */
  #nextFocus = null;

  /** Close the dialog with an answer. @param {unknown} [answer] */
  close(answer) {
    this.dispatchEvent(new CustomEvent('finish', { detail: answer }));
  }

  /** Render, then focus an element of the new content. @param {string} selector */
  updateAndFocus(selector) {
    this.#nextFocus = selector;
    this.requestUpdate();
  }

  /** @override */
  updated() {
    if (!this.#nextFocus) return;
    /** @type {HTMLElement | null} */ (this.querySelector(this.#nextFocus))?.focus();
    this.#nextFocus = null;
  }

  /**
   * The standard layout: a title with a close button, and the content.
   * @param {string} title
   * @param {...Child} content
   * @returns {Child[]}
   */
  layout(title, ...content) {
    return [
      h(
        'header',
        { class: 'modal-header', key: 'header' },
        h('h2', { id: this.titleId }, title),
        iconButton('close', t('dialog.close'), () => this.close()),
      ),
      h('div', { class: 'modal-body', key: 'body' }, content),
    ];
  }
}

/**
 * Show a view as a modal dialog.
 * @param {DialogView} view
 * @param {string} [className] a further class
 * @returns {Promise<any>} the answer; undefined if the dialog was closed without one
 */
export function openDialog(view, className = '') {
  closeMenu();
  const dialog = document.createElement('dialog');
  dialog.className = `modal ${className}`;
  dialog.setAttribute('aria-labelledby', view.titleId);
  dialog.append(view);
  document.body.append(dialog);
  // Rendered before showModal(), so that the browser finds the autofocus element.
  view.update();
  return new Promise((resolve) => {
    /** @type {unknown} */
    let answer;
    view.addEventListener('finish', (event) => {
      answer = /** @type {CustomEvent} */ (event).detail;
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      placeToasts();
      dialog.remove();
      resolve(answer);
    });
    dialog.addEventListener('pointerdown', (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog.showModal();
    placeToasts();
  });
}

/** Close all dialogs, for example at log-out. */
export function closeAllDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

/** Whether a dialog is open. */
export const isDialogOpen = () => document.querySelector('dialog[open]') !== null;

/** @typedef {{title: string, text: string, action: string, danger?: boolean}} Confirmation */

class ConfirmDialog extends DialogView {
  /** @type {Confirmation} */
  confirmation = { title: '', text: '', action: '' };

  /** @override */
  render() {
    const { title, text, action, danger } = this.confirmation;
    return this.layout(
      title,
      h('p', null, text),
      h(
        'div',
        { class: 'modal-actions' },
        button(t('dialog.cancel'), () => this.close(false)),
        button(action, () => this.close(true), { class: danger ? 'danger' : 'primary' }),
      ),
    );
  }
}

customElements.define('confirm-dialog', ConfirmDialog);

/**
 * Ask for confirmation of an action that cannot be undone.
 * @param {Confirmation} confirmation
 * @returns {Promise<boolean>} whether the user confirmed
 */
export async function confirmAction(confirmation) {
  const view = new ConfirmDialog();
  view.confirmation = confirmation;
  return Boolean(await openDialog(view, 'modal-small'));
}
