/** The switcher: a few letters and Enter go to any conversation or person (Ctrl+K). */

import { listed } from '../../client/store/select.js';
import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { avatar, called, headAvatar, titleOf } from '../parts.js';
import { PeopleSearch } from '../people-search.js';
import { go } from '../router.js';
import { attempt } from '../toasts.js';
import { h } from '../view.js';
import { Sheet, open } from './dialog.js';

/** @import {Child} from '../view.js' */
/**
 * @typedef {object} Choice
 * @property {string} key
 * @property {Child} face
 * @property {string} title
 * @property {string} words
 * @property {() => Promise<void> | void} follow
 */

const MOST = 8;

class SwitcherSheet extends Sheet {
  #query = '';
  #at = 0;
  #people = new PeopleSearch(() => this.refresh());

  /** @override */
  render() {
    const choices = this.#choices();
    const at = Math.min(this.#at, choices.length - 1);
    return [
      h('h2', { class: 'visually-hidden', id: this.titleId }, t('switcher.title')),
      h(
        'div',
        { class: 'search switcher-search' },
        icon('search'),
        h('input', {
          type: 'text',
          role: 'combobox',
          autofocus: true,
          autocomplete: 'off',
          spellcheck: 'false',
          placeholder: t('switcher.hint'),
          'aria-label': t('switcher.hint'),
          'aria-expanded': 'true',
          'aria-controls': 'switcher-list',
          'aria-activedescendant': at >= 0 ? `choice-${at}` : null,
          on: {
            input: (/** @type {any} */ event) => this.#look(event.target.value),
            keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event, choices),
          },
        }),
      ),
      h(
        'ul',
        { class: 'list', id: 'switcher-list', role: 'listbox', 'aria-label': t('switcher.title') },
        choices.map((choice, index) => this.#option(choice, index, index === at)),
      ),
      !choices.length && h('p', { class: 'quiet', role: 'status' }, t('people.none')),
    ];
  }

  /** @param {Choice} choice @param {number} index @param {boolean} chosen */
  #option(choice, index, chosen) {
    return h(
      'li',
      {
        key: choice.key,
        id: `choice-${index}`,
        role: 'option',
        class: 'entry',
        'aria-selected': String(chosen),
        on: { click: () => this.#follow(choice) },
      },
      choice.face,
      h('span', { class: 'entry-top' }, called(choice.title, 'entry-title')),
      h('span', { class: 'entry-bottom' }, h('span', { class: 'entry-preview' }, choice.words)),
    );
  }

  /** @returns {Choice[]} */
  #choices() {
    const query = this.#query.trim().toLocaleLowerCase();
    const known = listed(state())
      .filter(({ head }) => titleOf(head).toLocaleLowerCase().includes(query))
      .slice(0, MOST);
    const peers = new Set(known.map(({ head }) => head.peer));
    const strangers = this.#people.found.filter((user) => !peers.has(user.id)).slice(0, MOST);
    return [
      ...known.map(({ head }) => ({
        key: head.conversation,
        face: headAvatar(head),
        title: titleOf(head),
        words: head.unread ? t('list.unread', { count: head.unread }) : (head.last?.excerpt ?? ''),
        follow: () => go(head.conversation),
      })),
      ...strangers.map((user) => ({
        key: user.id,
        face: avatar(user.id, user.display_name),
        title: user.display_name,
        words: `@${user.handle}`,
        follow: async () => go((await attempt(client().groups.direct(user.id))) ?? null),
      })),
    ];
  }

  /** @param {string} query */
  #look(query) {
    this.#query = query;
    this.#at = 0;
    this.#people.look(query);
    this.refresh();
  }

  /** @param {KeyboardEvent} event @param {Choice[]} choices */
  #key(event, choices) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && choices.length) {
      this.#at = (this.#at + step + choices.length) % choices.length;
      this.refresh();
    } else if (event.key === 'Enter' && !event.isComposing && choices[this.#at])
      this.#follow(choices[this.#at]);
    else return;
    event.preventDefault();
  }

  /** @param {Choice} choice */
  #follow(choice) {
    this.finish();
    choice.follow();
  }
}

customElements.define('switcher-sheet', SwitcherSheet);

export const openSwitcher = () => open(new SwitcherSheet(), 'sheet-switcher');
