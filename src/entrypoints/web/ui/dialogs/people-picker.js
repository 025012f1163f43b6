/** Selects people: a search field, the selected people and the search results. */

import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { nameWarning } from '../name-warning.js';
import { avatar, isolatedText } from '../widgets.js';
import { PeopleSearch } from '../people-search.js';
import { h } from '../vdom.js';

/** @import {User} from '../../client/types.js' */
/** @import {Child} from '../vdom.js' */

export class PeoplePicker {
  /** @type {User[]} */
  selected = [];
  #search;
  #query = '';
  /** @type {HTMLInputElement | null} */
  #field = null;
  #onChange;
  /**
   * Whether a user cannot be selected, because they are a member already.
   * @type {(user: User) => boolean}
   */
  #isTaken;

  /** @param {() => void} onChange @param {(user: User) => boolean} isTaken */
  constructor(onChange, isTaken) {
    this.#onChange = onChange;
    this.#isTaken = isTaken;
    this.#search = new PeopleSearch(onChange);
  }

  /**
   * @returns {Child[]}
   * @param {{isMulti: boolean, onPick: (user: User) => void}} options
   */
  render({ isMulti, onPick }) {
    const pick = (/** @type {User} */ user) => (isMulti ? this.#toggle(user) : onPick(user));
    return [
      h(
        'div',
        { class: 'search', key: 'search' },
        icon('search'),
        h('input', {
          type: 'search',
          autofocus: true,
          autocomplete: 'off',
          spellcheck: 'false',
          placeholder: t('people.search'),
          'aria-label': t('people.search'),
          ref: (/** @type {HTMLInputElement} */ field) => {
            this.#field = field;
          },
          set: { value: this.#query },
          on: { input: (/** @type {any} */ event) => this.#setQuery(event.target.value) },
        }),
      ),
      isMulti && this.selected.length > 0 && this.#selectedList(),
      h(
        'ul',
        { class: 'list people', key: 'found', role: 'list' },
        this.#search.results.map((user) => this.#row(user, pick, isMulti)),
      ),
      this.#statusText(),
    ];
  }

  #selectedList() {
    return h(
      'ul',
      { class: 'selected-people', key: 'chosen', 'aria-label': t('people.chosen') },
      this.selected.map((user) =>
        h(
          'li',
          { key: user.id },
          h(
            'button',
            {
              type: 'button',
              class: 'chip',
              'aria-label': t('people.drop', { name: user.display_name }),
              on: { click: () => this.#toggle(user) },
            },
            isolatedText(user.display_name),
            icon('close'),
          ),
        ),
      ),
    );
  }

  /** @param {User} user @param {(user: User) => void} pick @param {boolean} isMulti */
  #row(user, pick, isMulti) {
    const isSelected = this.selected.some((one) => one.id === user.id);
    const isTaken = this.#isTaken(user);
    return h(
      'li',
      { key: user.id },
      h(
        'button',
        {
          type: 'button',
          class: 'entry',
          disabled: isTaken,
          'aria-pressed': isMulti && !isTaken ? String(isSelected) : null,
          on: { click: () => pick(user) },
        },
        avatar(user.id, user.display_name),
        h(
          'span',
          { class: 'entry-top' },
          isolatedText(user.display_name, 'entry-title'),
          isSelected && icon('check'),
        ),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview' }, `@${user.handle}`),
          nameWarning(user.id),
          isTaken && h('small', null, t('people.there')),
        ),
      ),
    );
  }

  #statusText() {
    const { results, isSearching } = this.#search;
    if (results.length) return null;
    return h(
      'p',
      { class: 'secondary', key: 'status', role: 'status' },
      this.#query.trim() ? t(isSearching ? 'people.searching' : 'people.none') : t('people.hint'),
    );
  }

  /** @param {string} query */
  #setQuery(query) {
    this.#query = query;
    this.#search.search(query);
    this.#onChange();
  }

  /**
   * Select or deselect a user. The clicked element disappears, so the focus moves to the field.
   * @param {User} user
   */
  #toggle(user) {
    const wasSelected = this.selected.some((one) => one.id === user.id);
    this.selected = wasSelected
      ? this.selected.filter((one) => one.id !== user.id)
      : [...this.selected, user];
    if (!wasSelected) this.#setQuery('');
    this.#onChange();
    this.#field?.focus();
  }
}
