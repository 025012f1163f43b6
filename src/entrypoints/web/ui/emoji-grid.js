/**
 * The emoji of the picker, in sections. One of them can be reached with Tab; the arrow keys move
 * from it to the others.
 */

import { placeAfter } from './emoji-navigation.js';
import { LongPress } from './long-press.js';
import { h, render } from './vdom.js';

/** @import {EmojiEntry} from './emoji-data.js' */
/** @import {Place} from './emoji-navigation.js' */
/**
 * @typedef {object} Cell
 * @property {string} emoji as it is inserted, with a skin tone
 * @property {string} name
 * @property {EmojiEntry} [entry] absent for an emoji that the table does not have
 */
/** @typedef {{id: string, title?: string, cells: Cell[]}} Section none is empty */
/**
 * @typedef {object} GridEvents
 * @property {(cell: Cell) => void} onPick
 * @property {(button: HTMLElement, entry: EmojiEntry) => void} onTones skin tones were asked for
 * @property {() => void} onType something is typed that belongs into the search field
 * @property {(cell: Cell) => void} onShow a cell is focused or pointed at
 * @property {(id: string) => void} onScroll another section is at the top
 */

/** Of a section, above its emoji. */
const TITLE_PX = 29;

export class EmojiGrid {
  element = document.createElement('div');
  /** @type {Section[]} */
  #sections = [];
  /** The cell that Tab reaches. @type {HTMLElement | null} */
  #active = null;
  /** A long press ends with a click on some devices. */
  #ignoresClick = false;
  #top = '';
  #events;

  /** @param {GridEvents} events @param {string} label */
  constructor(events, label) {
    this.#events = events;
    const { element } = this;
    element.className = 'emoji-grid';
    element.tabIndex = -1;
    element.setAttribute('role', 'listbox');
    element.setAttribute('aria-label', label);
    element.addEventListener('click', (event) => this.#onClick(event));
    element.addEventListener('keydown', (event) => this.#onKey(event));
    element.addEventListener('focusin', (event) => this.#onFocus(event));
    element.addEventListener('pointerover', (event) => this.#onPointer(event));
    element.addEventListener('scroll', () => this.#onScroll());
    element.addEventListener('pointerdown', () => {
      this.#ignoresClick = false;
    });
    const press = new LongPress((event) => this.#onLongPress(event));
    for (const [type, listener] of Object.entries(press.handlers))
      element.addEventListener(type, /** @type {EventListener} */ (listener));
  }

  /** @param {Section[]} sections */
  show(sections) {
    this.#sections = sections;
    const { cellPx, columns } = this.#measure();
    // About as high as they will be, as long as they were not drawn.
    const height = (/** @type {Section} */ { cells }) =>
      Math.ceil(cells.length / columns) * cellPx + TITLE_PX;
    render(
      this.element,
      sections.map((section) => sectionView(section, height(section))),
    );
    if (!this.#active?.isConnected) this.#activate(this.#buttonAt({ section: 0, index: 0 }));
    this.#onScroll();
  }

  /** Focus the first emoji. @returns {boolean} whether there is one */
  focusFirst() {
    const first = this.#buttonAt({ section: 0, index: 0 });
    first?.focus();
    return Boolean(first);
  }

  /** Show a section at the top. @param {string} id */
  scrollTo(id) {
    const section = this.#sections.findIndex((each) => each.id === id);
    const view = /** @type {HTMLElement} */ (this.element.children[section]);
    const scroll = () => {
      this.element.scrollTop = view.offsetTop;
    };
    scroll();
    // Sections above may turn out higher when they are drawn.
    requestAnimationFrame(scroll);
    this.#activate(this.#buttonAt({ section, index: 0 }));
  }

  /** @param {Place} place @returns {HTMLElement | undefined} */
  #buttonAt({ section, index }) {
    return this.element.children[section]?.querySelectorAll('button')[index];
  }

  /** @param {EventTarget | null} target @returns {HTMLElement | null} */
  #buttonOf(target) {
    return /** @type {Element} */ (target).closest('button');
  }

  /** @param {HTMLElement} button @returns {Place} */
  #placeOf(button) {
    const view = /** @type {Element} */ (button.closest('.emoji-section'));
    return {
      section: [...this.element.children].indexOf(view),
      index: [...view.querySelectorAll('button')].indexOf(/** @type {any} */ (button)),
    };
  }

  /** @param {HTMLElement} button */
  #cellOf(button) {
    const { section, index } = this.#placeOf(button);
    return this.#sections[section].cells[index];
  }

  /** @param {HTMLElement | undefined} button */
  #activate(button) {
    this.#active?.setAttribute('tabindex', '-1');
    button?.setAttribute('tabindex', '0');
    this.#active = button ?? null;
  }

  /** @param {Event} event */
  #onClick({ target }) {
    const button = this.#buttonOf(target);
    if (button && !this.#ignoresClick) this.#events.onPick(this.#cellOf(button));
  }

  /** @param {Event} event */
  #onLongPress(event) {
    const button = this.#buttonOf(event.target);
    const entry = button ? this.#cellOf(button).entry : undefined;
    if (!button || !entry?.hasTones) return;
    event.preventDefault();
    this.#ignoresClick = event.type === 'pointerdown';
    this.#events.onTones(button, entry);
  }

  /** @param {Event} event */
  #onFocus({ target }) {
    const button = this.#buttonOf(target);
    if (!button) return;
    this.#activate(button);
    this.#events.onShow(this.#cellOf(button));
  }

  /** @param {Event} event */
  #onPointer({ target }) {
    const button = this.#buttonOf(target);
    if (button) this.#events.onShow(this.#cellOf(button));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const button = this.#buttonOf(event.target);
    const { key, altKey } = event;
    if (altKey && key === 'ArrowDown') return this.#onLongPress(event);
    if (isTyped(event)) return this.#events.onType();
    if (!button || altKey) return;
    const to = placeAfter(event, this.#placeOf(button), this.#geometry());
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    if (to === 'above') return this.#events.onType();
    const target = /** @type {HTMLElement} */ (this.#buttonAt(to));
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'nearest' });
  }

  #geometry() {
    const { cellPx, columns } = this.#measure();
    return {
      lengths: this.#sections.map((section) => section.cells.length),
      columns,
      pageRows: Math.max(1, Math.floor(this.element.clientHeight / cellPx) - 1),
    };
  }

  #measure() {
    const style = getComputedStyle(this.element);
    const [cellPx, start, end] = [
      style.getPropertyValue('--cell'),
      style.paddingInlineStart,
      style.paddingInlineEnd,
    ].map(Number.parseFloat);
    const width = this.element.clientWidth - start - end;
    return { cellPx, columns: Math.max(1, Math.floor(width / cellPx)) };
  }

  #onScroll() {
    const { scrollTop } = this.element;
    const views = /** @type {HTMLElement[]} */ ([...this.element.children]);
    const index = views.findLastIndex((view) => view.offsetTop <= scrollTop + 1);
    const id = this.#sections[index]?.id ?? '';
    if (id === this.#top) return;
    this.#top = id;
    this.#events.onScroll(id);
  }
}

/** Whether a key writes or deletes a character. @param {KeyboardEvent} event */
const isTyped = ({ key, ctrlKey, metaKey, altKey }) =>
  // `Process` begins the composition of characters. The space bar presses a button.
  ((key.length === 1 && key !== ' ') || key === 'Process' || key === 'Backspace') &&
  !ctrlKey &&
  !metaKey &&
  !altKey;

/** @param {Section} section @param {number} height as long as it was not drawn */
const sectionView = (section, height) =>
  h(
    'div',
    {
      key: section.id,
      class: 'emoji-section',
      role: 'group',
      'aria-label': section.title,
      memo: [section],
      style: { 'contain-intrinsic-block-size': `auto ${height}px` },
    },
    section.title && h('div', { class: 'emoji-title', 'aria-hidden': 'true' }, section.title),
    h('div', { class: 'emoji-cells', role: 'presentation' }, section.cells.map(cellView)),
  );

/** @param {Cell} cell */
const cellView = ({ emoji, name, entry }) =>
  h(
    'button',
    {
      type: 'button',
      role: 'option',
      tabindex: '-1',
      'aria-label': name,
      class: entry?.hasTones ? 'has-tones' : null,
    },
    emoji,
  );
