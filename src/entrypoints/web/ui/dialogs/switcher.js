/** The quick switcher (Ctrl+K): type a few letters to open a conversation or find a person. */

import { sortedConversations } from '../../client/store/selectors.js';
import { foldCase } from '../../client/text.js';
import { state } from '../context.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { avatar, isolatedText, conversationAvatar, titleOf } from '../widgets.js';
import { PeopleSearch } from '../people-search.js';
import { navigate } from '../router.js';
import { openPerson } from '../start-conversation.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {Child} from '../vdom.js' */
/**
 * @typedef {object} SwitcherItem
 * @property {string} key
 * @property {Child} avatar
 * @property {string} title
 * @property {string} subtitle
 * @property {() => void} open
 */

const MAX_ITEMS = 8;

class SwitcherDialog extends DialogView {
  #query = '';
  #selectedIndex = 0;
  #peopleSearch = new PeopleSearch(() => this.requestUpdate());

  /** @override */
  render() {
    const items = this.#items();
    const selectedIndex = Math.min(this.#selectedIndex, items.length - 1);
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
          'aria-activedescendant': selectedIndex >= 0 ? `choice-${selectedIndex}` : null,
          on: {
            input: (/** @type {any} */ event) => this.#setQuery(event.target.value),
            keydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event, items),
          },
        }),
      ),
      h(
        'ul',
        { class: 'list', id: 'switcher-list', role: 'listbox', 'aria-label': t('switcher.title') },
        items.map((item, index) => this.#itemRow(item, index, index === selectedIndex)),
      ),
      !items.length && h('p', { class: 'secondary', role: 'status' }, t('people.none')),
    ];
  }

  /** @param {SwitcherItem} item @param {number} index @param {boolean} isSelected */
  #itemRow(item, index, isSelected) {
    return h(
      'li',
      {
        key: item.key,
        id: `choice-${index}`,
        role: 'option',
        class: 'entry',
        'aria-selected': String(isSelected),
        on: { click: () => this.#open(item) },
      },
      item.avatar,
      h('span', { class: 'entry-top' }, isolatedText(item.title, 'entry-title')),
      h('span', { class: 'entry-bottom' }, h('span', { class: 'entry-preview' }, item.subtitle)),
    );
  }

  /** @returns {SwitcherItem[]} */
  #items() {
    const query = foldCase(this.#query.trim());
    const conversations = sortedConversations(state())
      .filter(({ head }) => foldCase(titleOf(head)).includes(query))
      .slice(0, MAX_ITEMS);
    const peers = new Set(conversations.map(({ head }) => head.peer));
    const people = this.#peopleSearch.results
      .filter((user) => !peers.has(user.id))
      .slice(0, MAX_ITEMS);
    return [
      ...conversations.map(({ head }) => ({
        key: head.conversation,
        avatar: conversationAvatar(head),
        title: titleOf(head),
        subtitle: head.unread
          ? t('list.unread', { count: head.unread })
          : (head.last?.excerpt ?? ''),
        open: () => navigate(head.conversation),
      })),
      ...people.map((user) => ({
        key: user.id,
        avatar: avatar(user.id, user.display_name),
        title: user.display_name,
        subtitle: `@${user.handle}`,
        open: () => openPerson(user.id),
      })),
    ];
  }

  /** @param {string} query */
  #setQuery(query) {
    this.#query = query;
    this.#selectedIndex = 0;
    this.#peopleSearch.search(query);
    this.requestUpdate();
  }

  /** @param {KeyboardEvent} event @param {SwitcherItem[]} items */
  #onKey(event, items) {
    // While characters are composed these keys belong to the input method; Safari reports the key
    // that ends a composition after it, with the code 229.
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      this.#selectedIndex = (this.#selectedIndex + step + items.length) % items.length;
      this.requestUpdate();
    } else if (event.key === 'Enter' && items[this.#selectedIndex])
      this.#open(items[this.#selectedIndex]);
    else return;
    event.preventDefault();
  }

  /** @param {SwitcherItem} item */
  #open(item) {
    this.close();
    item.open();
  }
}

customElements.define('switcher-dialog', SwitcherDialog);

export const openSwitcher = () => openDialog(new SwitcherDialog(), 'modal-switcher');
