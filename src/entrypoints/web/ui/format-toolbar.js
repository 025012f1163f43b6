/**
 * The toolbar that gives selected text of the composer a format, its keyboard shortcuts, and the
 * pasting of addresses. Each change can be undone like typing. It stands directly before the field, so
 * that Shift+Tab leads there.
 */

import { Component } from './component.js';
import { hasFormat, pasteAddress, toggleFormat } from './format-text.js';
import { currentLanguage, t } from './i18n.js';
import { iconButton } from './widgets.js';
import { h } from './vdom.js';

/** @import {Edit} from './format-lines.js' */
/** @import {Format} from './format-text.js' */

/** Shift is a part of some shortcuts; the others are Ctrl or Cmd and a letter. */
const SHORTCUTS = /** @type {Record<string, Format>} */ ({
  b: 'bold',
  i: 'italic',
  'shift+x': 'strike',
  e: 'code',
  k: 'link',
});
/** @type {{format: Format, keys?: string}[]} */
const BUTTONS = [
  { format: 'bold', keys: 'B' },
  { format: 'italic', keys: 'I' },
  { format: 'strike', keys: 'Shift+X' },
  { format: 'code', keys: 'E' },
  { format: 'link', keys: 'K' },
  { format: 'quote' },
  { format: 'list' },
];
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export class FormatToolbar extends Component {
  /** Index of the button that Tab reaches. */
  #current = 0;
  #isShown = false;
  /** @type {AbortController | null} */
  #listening = null;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const form = /** @type {HTMLElement} */ (this.parentElement);
    document.addEventListener('selectionchange', () => this.#onSelection(), { signal });
    form.addEventListener('focusout', (event) => this.#onFocusOut(event), { signal });
    form.addEventListener('keydown', (event) => this.#onComposerKey(event), { signal });
    form.addEventListener('paste', (event) => this.#onPaste(event), { signal });
  }

  /** @override */
  disconnected() {
    this.#listening?.abort();
    this.#isShown = false;
  }

  /** @override */
  dependencies() {
    return [this.#isShown, this.#active().join(), this.#current, currentLanguage()];
  }

  /** @override */
  render() {
    const active = this.#active();
    return this.#isShown
      ? h(
          'div',
          {
            class: 'format-toolbar',
            role: 'toolbar',
            'aria-label': t('format.toolbar'),
            on: {
              // The selection and the keyboard of the screen stay as they are.
              pointerdown: (/** @type {Event} */ event) => event.preventDefault(),
              keydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event),
            },
          },
          BUTTONS.map(({ format, keys }, index) => this.#button(format, keys, index, active)),
        )
      : [];
  }

  /** @param {Format} format @param {string | undefined} keys @param {number} index @param {Format[]} active */
  #button(format, keys, index, active) {
    const modifier = IS_MAC ? '⌘' : 'Ctrl+';
    const name = t(`format.${format}`);
    return iconButton(format, name, () => this.#apply(format), {
      key: format,
      title: keys ? `${name} (${modifier}${keys})` : name,
      tabindex: index === this.#current ? '0' : '-1',
      'aria-pressed': String(active.includes(format)),
      'aria-keyshortcuts': keys && `${IS_MAC ? 'Meta' : 'Control'}+${keys}`,
    });
  }

  /** @returns {HTMLTextAreaElement | null | undefined} */
  get #field() {
    return this.parentElement?.querySelector('textarea');
  }

  /** What is selected in the field. */
  #selected() {
    const { selectionStart = 0, selectionEnd = 0 } = this.#field ?? {};
    return { start: selectionStart, end: selectionEnd };
  }

  /** The formats of all of the selected text. @returns {Format[]} */
  #active() {
    const text = this.#field?.value ?? '';
    if (!this.#isShown) return [];
    return BUTTONS.map(({ format }) => format).filter((format) =>
      hasFormat(format, text, this.#selected()),
    );
  }

  #onSelection() {
    if (this.contains(document.activeElement)) return;
    const { start, end } = this.#selected();
    this.#show(document.activeElement === this.#field && start < end);
    this.update();
  }

  /** @param {FocusEvent} event */
  #onFocusOut({ relatedTarget }) {
    if (!this.parentElement?.contains(/** @type {Node | null} */ (relatedTarget)))
      this.#show(false);
  }

  /** @param {boolean} isShown */
  #show(isShown) {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    this.#current = 0;
    this.requestUpdate();
  }

  /** @param {Format} format @returns {boolean} whether anything was changed */
  #apply(format) {
    const field = this.#field;
    const edit = field && toggleFormat(format, field.value, this.#selected());
    if (edit) applyEdit(field, edit);
    return Boolean(edit);
  }

  /** A key in the toolbar. @param {KeyboardEvent} event */
  #onKey(event) {
    const last = BUTTONS.length - 1;
    const target = {
      ArrowLeft: this.#current ? this.#current - 1 : last,
      ArrowRight: this.#current < last ? this.#current + 1 : 0,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Escape') this.#field?.focus();
    else if (target === undefined) return;
    else this.#focus(target);
    event.preventDefault();
    event.stopPropagation();
  }

  /** Go to the toolbar, if anything is selected. */
  #enter() {
    // The event for the selection may still be on its way.
    this.#onSelection();
    this.#focus(0);
  }

  /** @param {number} index */
  #focus(index) {
    this.#current = index;
    this.update();
    this.querySelectorAll('button')[index]?.focus();
  }

  /** A key in the field. @param {KeyboardEvent} event */
  #onComposerKey(event) {
    if (event.target !== this.#field || event.isComposing || event.defaultPrevented) return;
    if (event.altKey && event.key === 'F10') this.#enter();
    else if (!this.#isShortcut(event)) return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #isShortcut({ key, shiftKey, altKey, ctrlKey, metaKey }) {
    if (altKey || !(IS_MAC ? metaKey && !ctrlKey : ctrlKey && !metaKey)) return false;
    const format = SHORTCUTS[`${shiftKey ? 'shift+' : ''}${key.toLowerCase()}`];
    const { start, end } = this.#selected();
    // Without a selection this key belongs to the page.
    if (!format || (format === 'link' && start === end)) return false;
    this.#apply(format);
    return true;
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const field = this.#field;
    if (!field || event.target !== field) return;
    const pasted = event.clipboardData?.getData('text/plain').trim() ?? '';
    const edit = pasteAddress(field.value, this.#selected(), pasted);
    if (!edit) return;
    event.preventDefault();
    applyEdit(field, edit);
  }
}

/**
 * Change the text as if it was typed: only so can it be undone.
 * @param {HTMLTextAreaElement} field
 * @param {Edit} edit
 */
function applyEdit(field, { from, to, insert, start, end }) {
  field.focus();
  field.setSelectionRange(from, to);
  const isDone = insert
    ? document.execCommand('insertText', false, insert)
    : document.execCommand('delete');
  if (!isDone) {
    field.setRangeText(insert, from, to, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}

customElements.define('format-toolbar', FormatToolbar);
