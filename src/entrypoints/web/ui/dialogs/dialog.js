/** Dialogs: a view in front of everything else. Escape and a click beside it close it. */

import { View } from '../element.js';
import { t } from '../i18n.js';
import { closeMenu } from '../menu.js';
import { button, iconButton } from '../parts.js';
import { h } from '../view.js';

/** @import {Child} from '../view.js' */

let titles = 0;

export class Sheet extends View {
  /** Id of the heading, for the dialog's name. */
  titleId = `sheet-title-${++titles}`;

  /** Close the dialog with an answer. @param {unknown} [answer] */
  finish(answer) {
    this.dispatchEvent(new CustomEvent('finish', { detail: answer }));
  }

  /**
   * The frame of a dialog around its content.
   * @param {string} title
   * @param {...Child} content
   * @returns {Child[]}
   */
  sheet(title, ...content) {
    return [
      h(
        'header',
        { class: 'sheet-header', key: 'header' },
        h('h2', { id: this.titleId }, title),
        iconButton('close', t('dialog.close'), () => this.finish()),
      ),
      h('div', { class: 'sheet-body', key: 'body' }, content),
    ];
  }
}

/**
 * Show a view as a dialog.
 * @param {Sheet} view
 * @param {string} [shape] a further class
 * @returns {Promise<any>} the answer; undefined where it was just closed
 */
export function open(view, shape = '') {
  closeMenu();
  const dialog = document.createElement('dialog');
  dialog.className = `sheet ${shape}`;
  dialog.setAttribute('aria-labelledby', view.titleId);
  dialog.append(view);
  document.body.append(dialog);
  // Painted before it opens, so that the browser finds what wants the focus.
  view.repaint();
  return new Promise((resolve) => {
    /** @type {unknown} */
    let answer;
    view.addEventListener('finish', (event) => {
      answer = /** @type {CustomEvent} */ (event).detail;
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.addEventListener('pointerdown', (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog.showModal();
  });
}

/** Close every dialog: what they show is gone. */
export function closeAll() {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

/** Whether a dialog is open. */
export const isOpen = () => document.querySelector('dialog[open]') !== null;

/** @typedef {{title: string, text: string, deed: string, danger?: boolean}} Question */

class QuestionSheet extends Sheet {
  /** @type {Question} */
  question = { title: '', text: '', deed: '' };

  /** @override */
  render() {
    const { title, text, deed, danger } = this.question;
    return this.sheet(
      title,
      h('p', null, text),
      h(
        'div',
        { class: 'sheet-deeds' },
        button(t('dialog.cancel'), () => this.finish(false)),
        button(deed, () => this.finish(true), { class: danger ? 'danger' : 'primary' }),
      ),
    );
  }
}

customElements.define('question-sheet', QuestionSheet);

/**
 * Ask before something that can't be undone.
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export async function ask(question) {
  const view = new QuestionSheet();
  view.question = question;
  return Boolean(await open(view, 'sheet-small'));
}
