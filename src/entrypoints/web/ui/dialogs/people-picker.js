/** Choosing people: a field that searches, the ones chosen so far, and the ones found. */

import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { avatar, called } from '../parts.js';
import { PeopleSearch } from '../people-search.js';
import { h } from '../view.js';

/** @import {User} from '../../client/types.js' */
/** @import {Child} from '../view.js' */

export class PeoplePicker {
  /** @type {User[]} */
  chosen = [];
  #search;
  #query = '';
  /** @type {HTMLInputElement | null} */
  #field = null;
  #onChange;
  /** Who can't be chosen: they are there already. @type {(user: User) => boolean} */
  #taken;

  /** @param {() => void} onChange @param {(user: User) => boolean} taken */
  constructor(onChange, taken) {
    this.#onChange = onChange;
    this.#taken = taken;
    this.#search = new PeopleSearch(onChange);
  }

  /**
   * @param {{many: boolean, onPick: (user: User) => void}} how
   * @returns {Child[]}
   */
  render({ many, onPick }) {
    const pick = (/** @type {User} */ user) => (many ? this.#toggle(user) : onPick(user));
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
          on: { input: (/** @type {any} */ event) => this.#look(event.target.value) },
        }),
      ),
      many && this.chosen.length > 0 && this.#chips(),
      h(
        'ul',
        { class: 'list people', key: 'found', role: 'list' },
        this.#search.found.map((user) => this.#row(user, pick, many)),
      ),
      this.#words(),
    ];
  }

  #chips() {
    return h(
      'ul',
      { class: 'chosen', key: 'chosen', 'aria-label': t('people.chosen') },
      this.chosen.map((user) =>
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
            called(user.display_name),
            icon('close'),
          ),
        ),
      ),
    );
  }

  /** @param {User} user @param {(user: User) => void} pick @param {boolean} many */
  #row(user, pick, many) {
    const chosen = this.chosen.some((one) => one.id === user.id);
    const taken = this.#taken(user);
    return h(
      'li',
      { key: user.id },
      h(
        'button',
        {
          type: 'button',
          class: 'entry',
          disabled: taken,
          'aria-pressed': many && !taken ? String(chosen) : null,
          on: { click: () => pick(user) },
        },
        avatar(user.id, user.display_name),
        h(
          'span',
          { class: 'entry-top' },
          called(user.display_name, 'entry-title'),
          chosen && icon('check'),
        ),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview' }, `@${user.handle}`),
          taken && h('small', null, t('people.there')),
        ),
      ),
    );
  }

  #words() {
    const { found, busy } = this.#search;
    if (found.length) return null;
    return h(
      'p',
      { class: 'quiet', key: 'words', role: 'status' },
      this.#query.trim() ? t(busy ? 'people.searching' : 'people.none') : t('people.hint'),
    );
  }

  /** @param {string} query */
  #look(query) {
    this.#query = query;
    this.#search.look(query);
    this.#onChange();
  }

  /** What was clicked goes away: the cursor is back in the field. @param {User} user */
  #toggle(user) {
    const there = this.chosen.some((one) => one.id === user.id);
    this.chosen = there ? this.chosen.filter((one) => one.id !== user.id) : [...this.chosen, user];
    if (!there) this.#look('');
    this.#onChange();
    this.#field?.focus();
  }
}
