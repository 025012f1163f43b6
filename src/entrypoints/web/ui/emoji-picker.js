/**
 * The emoji picker: all emoji in groups, found by English and Chinese words. The focus moves among
 * them with the arrow keys; whatever else is typed goes into the search field.
 */

import { bareEmoji, loadEmoji, searchEmoji, withTone } from './emoji-data.js';
import { EmojiGrid } from './emoji-grid.js';
import { moveAlong, renderGroupBar } from './emoji-group-bar.js';
import { openTones } from './emoji-tones.js';
import { setSkinTone, skinTone, usedEmoji } from './emoji-usage.js';
import { currentLanguage, t } from './i18n.js';
import { icon } from './icons.js';
import { closeMenu, openLayer } from './menu.js';
import { h, render } from './vdom.js';
import { button } from './widgets.js';

/** @import {EmojiEntry, EmojiGroup, GroupId} from './emoji-data.js' */
/** @import {Cell, Section} from './emoji-grid.js' */
/** @import {SkinTone} from './emoji-usage.js' */

/** How many of the often used emoji are shown: three rows. */
const MAX_USED = 27;
/** The number of results is announced once nothing was typed for this time. */
const ANNOUNCE_AFTER_MS = 500;
const TONE_SAMPLE = '✋';
/**
 * Open the picker next to an element. It closes when an emoji is chosen; then the focus returns.
 * Whoever uses the emoji has it remembered (`rememberEmoji`).
 * @param {{anchor: HTMLElement, onPick: (emoji: string) => void}} options
 */
export function openEmojiPicker({ anchor, onPick }) {
  const picker = new EmojiPicker(onPick);
  openLayer(picker.box, anchor, {
    first: picker.first,
    onTab: (event) => picker.moveOn(event.shiftKey ? -1 : 1),
  });
  // A second click on the anchor closes the picker.
  if (picker.box.isConnected) picker.load();
}

class EmojiPicker {
  box = element('menu emoji-picker', { role: 'dialog', 'aria-label': t('composer.emoji') });
  #header = element('emoji-header');
  #groupBar = element('emoji-groups', { role: 'toolbar', 'aria-label': t('emoji.groups') });
  #message = element('emoji-message', { role: 'status' });
  #preview = element('emoji-preview', { 'aria-hidden': 'true' });
  #grid;
  #onPick;
  /** @type {EmojiGroup[]} */
  #groups = [];
  /** @type {Section[]} */
  #sections = [];
  #query = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #announcing;

  /** @param {(emoji: string) => void} onPick */
  constructor(onPick) {
    this.#onPick = onPick;
    this.#grid = new EmojiGrid(
      {
        onPick: (cell) => this.#pick(cell.emoji),
        onTones: (anchor, entry) => this.#chooseTone(anchor, entry),
        onType: () => this.#search.focus(),
        onShow: (cell) => this.#show(cell),
        onScroll: (section) => this.#onScroll(section),
      },
      t('composer.emoji'),
    );
    this.#groupBar.addEventListener('keydown', (event) => this.#onGroupKey(event));
    const { element } = this.#grid;
    this.box.append(this.#header, this.#groupBar, this.#message, element, this.#preview);
    this.#renderHeader();
  }

  /** What is focused first: on a touch screen the keyboard would cover the emoji. */
  get first() {
    return matchMedia('(pointer: coarse)').matches ? this.#grid.element : this.#search;
  }

  /** Load the emoji and show them. */
  async load() {
    this.#say(t('emoji.loading'));
    try {
      this.#groups = await loadEmoji();
    } catch {
      const retry = button(t('emoji.retry'), () => this.load(), { class: 'small' });
      render(this.#message, t('emoji.failed'), retry);
      return;
    }
    this.#say('');
    this.#build();
  }

  /** Focus the next or previous part of the picker. @param {1 | -1} step */
  moveOn(step) {
    const parts = /** @type {HTMLElement[]} */ ([
      ...this.box.querySelectorAll('input, button:not([tabindex="-1"])'),
    ]).filter((part) => part.checkVisibility());
    const next = parts.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step;
    parts.at(next % parts.length)?.focus();
  }

  get #search() {
    return /** @type {HTMLInputElement} */ (this.#header.querySelector('input'));
  }

  #renderHeader() {
    render(
      this.#header,
      h(
        'div',
        { class: 'search' },
        icon('search'),
        h('input', {
          type: 'search',
          placeholder: t('emoji.search'),
          'aria-label': t('emoji.search'),
          autocomplete: 'off',
          spellcheck: 'false',
          enterkeyhint: 'done',
          on: {
            input: (/** @type {any} */ event) => event.isComposing || this.#find(),
            compositionend: () => this.#find(),
            keydown: (/** @type {KeyboardEvent} */ event) => this.#onSearchKey(event),
          },
        }),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'emoji-tone',
          'aria-label': `${t('emoji.tone')}: ${t(`emoji.tone-${skinTone()}`)}`,
          'aria-haspopup': 'menu',
          title: t('emoji.tone'),
          on: { click: (/** @type {any} */ event) => this.#chooseTone(event.currentTarget) },
        },
        withTone(TONE_SAMPLE, skinTone()),
      ),
    );
  }

  /** Make the sections of all emoji, in the chosen skin tone. */
  #build() {
    const entries = this.#entries;
    const byEmoji = new Map(entries.map((entry) => [bareEmoji(entry.emoji), entry]));
    const used = usedEmoji()
      .slice(0, MAX_USED)
      .map((emoji) => cellFor(emoji, byEmoji.get(bareEmoji(emoji))));
    this.#sections = [
      { id: 'used', title: t('emoji.group-used'), cells: used },
      ...this.#groups.map(({ group, entries }) => ({
        id: group,
        title: t(`emoji.group-${group}`),
        cells: entries.map(toCell),
      })),
    ].filter(({ cells }) => cells.length);
    this.#find();
  }

  get #entries() {
    return this.#groups.flatMap(({ entries }) => entries);
  }

  /** Show what is searched, or everything. */
  #find() {
    const before = this.#query;
    this.#query = this.#search.value.trim();
    this.#groupBar.hidden = Boolean(this.#query);
    clearTimeout(this.#announcing);
    const found = this.#query ? searchEmoji(this.#entries, this.#query).map(toCell) : [];
    if (this.#query !== before) this.#grid.element.scrollTop = 0;
    const results = found.length ? [{ id: 'found', cells: found }] : [];
    const sections = this.#query ? results : this.#sections;
    this.#grid.show(sections);
    if (sections.length) this.#show(sections[0].cells[0]);
    this.#message.classList.toggle('visually-hidden', found.length > 0);
    this.#say('');
    if (!this.#query) return;
    const text = found.length ? t('emoji.found', { count: found.length }) : t('emoji.none');
    this.#announcing = setTimeout(() => this.#say(text), ANNOUNCE_AFTER_MS);
  }

  /** @param {string} text */
  #say(text) {
    render(this.#message, text);
  }

  /** @param {Cell} cell */
  #show({ emoji, name, entry }) {
    const code = entry ? `:${entry.code}:` : '';
    render(
      this.#preview,
      h('span', { class: 'emoji-large' }, emoji),
      h('span', { class: 'emoji-name' }, name, h('small', null, code)),
    );
  }

  /** @param {string} section */
  #onScroll(section) {
    if (this.#query) return;
    const ids = this.#sections.map(({ id }) => /** @type {GroupId | 'used'} */ (id));
    renderGroupBar(this.#groupBar, ids, section, (id) => this.#grid.scrollTo(id));
  }

  /** @param {HTMLElement} anchor @param {EmojiEntry} [entry] absent: choose for all emoji */
  #chooseTone(anchor, entry) {
    openTones(this.box, anchor, {
      emoji: entry?.emoji ?? TONE_SAMPLE,
      label: entry ? t('emoji.tones-of', { name: nameOf(entry) }) : t('emoji.tone'),
      onChoose: (tone) => {
        setSkinTone(tone);
        if (entry) return this.#pick(withTone(entry.emoji, tone));
        this.#renderHeader();
        this.#build();
      },
    });
  }

  /** @param {string} emoji */
  #pick(emoji) {
    clearTimeout(this.#announcing);
    closeMenu();
    this.#onPick(emoji);
  }

  /** @param {KeyboardEvent} event */
  #onSearchKey(event) {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' && this.#grid.focusFirst()) event.preventDefault();
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const [first] = this.#query ? searchEmoji(this.#entries, this.#query) : [];
    if (first) this.#pick(toCell(first).emoji);
  }

  /** @param {KeyboardEvent} event */
  #onGroupKey(event) {
    if (event.key === 'ArrowDown' && this.#grid.focusFirst()) event.preventDefault();
    else moveAlong(event, this.#groupBar);
  }
}

/** @param {EmojiEntry} entry */
const nameOf = ({ names }) => names[currentLanguage()];

/** @param {EmojiEntry} entry @returns {Cell} */
const toCell = (entry) =>
  cellFor(entry.hasTones ? withTone(entry.emoji, skinTone()) : entry.emoji, entry);

/** @param {string} emoji @param {EmojiEntry} [entry] @returns {Cell} */
const cellFor = (emoji, entry) => ({ emoji, entry, name: entry ? nameOf(entry) : emoji });

/** @param {string} classes @param {Record<string, string>} [attributes] */
function element(classes, attributes = {}) {
  const created = document.createElement('div');
  created.className = classes;
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  return created;
}
