/** The list of conversations, with a search field for conversations and people. */

import { sortedConversations, unreadNotifications } from '../client/store/selectors.js';
import { client, state } from './context.js';
import { chatListItem } from './chat-list-item.js';
import { openNewChat } from './dialogs/new-chat.js';
import { openNotifications } from './dialogs/notifications.js';
import { openSettings } from './dialogs/settings.js';
import { Component } from './component.js';
import { formatBadge, currentLanguage, t } from './i18n.js';
import { foldCase } from '../client/text.js';
import { icon } from './icons.js';
import { nameWarning } from './name-warning.js';
import { avatar, button, isolatedText, iconButton, titleOf } from './widgets.js';
import { PeopleSearch } from './people-search.js';
import { setPreferences } from './preferences.js';
import { route } from './router.js';
import { isCompact, isNarrow } from './layout.js';
import { openPerson } from './start-conversation.js';
import { attempt } from './toasts.js';
import { h } from './vdom.js';
import { moveFocus } from './list-navigation.js';

/** @import {Conversation, User} from '../client/types.js' */

export class ChatList extends Component {
  #query = '';
  #peopleSearch = new PeopleSearch(() => this.requestUpdate());

  /** Focus the search field. A compact list is expanded first. */
  focusSearch() {
    if (isCompact()) setPreferences({ compact: false });
    requestAnimationFrame(() =>
      /** @type {HTMLInputElement | null} */ (this.querySelector('input[type=search]'))?.focus(),
    );
  }

  /** @override */
  dependencies() {
    const { conversations, users, presence, typing, outbox, me, notifications: news } = state();
    return [
      conversations,
      users,
      presence,
      typing,
      outbox,
      me,
      news,
      currentLanguage(),
      isNarrow(),
      this.#query,
      this.#peopleSearch.results,
      location.hash,
      Math.floor(Date.now() / 60_000),
    ];
  }

  /** @override */
  render() {
    const all = sortedConversations(state());
    const query = foldCase(this.#query.trim());
    const shown = query ? all.filter(({ head }) => foldCase(titleOf(head)).includes(query)) : all;
    return [
      this.#header(),
      this.#search(),
      h(
        'div',
        {
          class: 'list-scroller',
          key: 'list',
          on: {
            scroll: (/** @type {Event} */ event) =>
              this.#loadMoreNearEnd(/** @type {HTMLElement} */ (event.currentTarget)),
          },
        },
        shown.length > 0 &&
          h(
            'ul',
            {
              class: 'list',
              role: 'list',
              'aria-label': t('list.label'),
              on: { keydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event) },
            },
            shown.map((conversation, index) => this.#listItem(conversation, index)),
          ),
        query && this.#foundPeople(),
        !all.length && !query && state().conversationsLoaded && this.#emptyState(),
      ),
    ];
  }

  #header() {
    const { me } = state();
    const { count, more } = unreadNotifications(state());
    return h(
      'div',
      { class: 'list-header', key: 'top' },
      h(
        'button',
        {
          type: 'button',
          class: 'profile-button',
          'aria-label': t('settings.open'),
          title: t('settings.open'),
          'aria-haspopup': 'dialog',
          on: { click: () => openSettings() },
        },
        avatar(me?.id ?? '', me?.display_name ?? '', {
          presence:
            state().connection.phase === 'online' ? (me?.presence?.state ?? 'online') : 'offline',
        }),
      ),
      h('h1', null, t('list.title')),
      !isNarrow() && this.#compactButton(),
      iconButton(
        'bell',
        count ? t('notifications.open-new', { count }) : t('notifications.open'),
        () => openNotifications(),
        { 'aria-haspopup': 'dialog' },
        count > 0 &&
          h('span', { class: 'badge badge-corner' }, `${formatBadge(count)}${more ? '+' : ''}`),
      ),
      iconButton('edit', t('new.open'), () => openNewChat(), {
        'aria-haspopup': 'dialog',
        class: 'accent',
      }),
    );
  }

  /** The button that switches between the compact and the full list. */
  #compactButton() {
    const isCompactNow = isCompact();
    const toggle = () => {
      this.#setQuery('');
      setPreferences({ compact: !isCompactNow });
    };
    return iconButton(isCompactNow ? 'unfold' : 'fold', t('list.compact'), toggle, {
      'aria-pressed': String(isCompactNow),
      class: 'compact-button',
    });
  }

  #search() {
    return h(
      'div',
      { class: 'search', key: 'search', role: 'search' },
      icon('search'),
      h('input', {
        type: 'search',
        placeholder: t('list.search'),
        'aria-label': t('list.search'),
        autocomplete: 'off',
        spellcheck: 'false',
        set: { value: this.#query },
        on: {
          input: (/** @type {any} */ event) => this.#setQuery(event.target.value),
          keydown: (/** @type {KeyboardEvent} */ event) => {
            if (event.key === 'Escape') this.#setQuery('');
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              this.#links[0]?.focus();
            }
          },
        },
      }),
    );
  }

  /** @param {string} query */
  #setQuery(query) {
    this.#query = query;
    this.#peopleSearch.search(query);
    this.requestUpdate();
  }

  /** @returns {HTMLElement[]} */
  get #links() {
    return [...this.querySelectorAll('.entry')].map((entry) => /** @type {HTMLElement} */ (entry));
  }

  /** @param {Conversation} conversation @param {number} index */
  #listItem(conversation, index) {
    const shown = route().conversation ?? '';
    const current = shown === conversation.head.conversation;
    // The Tab key stops once in the list: at the open conversation, or else at the first.
    const focusable = current || (index === 0 && !state().conversations.has(shown));
    return chatListItem(conversation, current, focusable);
  }

  /** Found people, below the conversations. */
  #foundPeople() {
    const { results, isSearching } = this.#peopleSearch;
    return h(
      'section',
      { class: 'found-people', key: 'found' },
      h('h2', null, t('list.people')),
      h(
        'ul',
        {
          class: 'list',
          role: 'list',
          on: { keydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event) },
        },
        results.map((person) => this.#personRow(person)),
      ),
      !results.length &&
        h(
          'p',
          { class: 'secondary', role: 'status' },
          isSearching ? t('people.searching') : t('people.none'),
        ),
    );
  }

  /** @param {User} person */
  #personRow(person) {
    return h(
      'li',
      { key: person.id },
      h(
        'button',
        { type: 'button', class: 'entry', on: { click: () => this.#openPerson(person) } },
        avatar(person.id, person.display_name),
        h('span', { class: 'entry-top' }, isolatedText(person.display_name, 'entry-title')),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview' }, `@${person.handle}`),
          nameWarning(person.id),
        ),
      ),
    );
  }

  /** @param {User} person */
  #openPerson(person) {
    this.#setQuery('');
    openPerson(person.id);
  }

  #emptyState() {
    return h(
      'div',
      { class: 'empty', key: 'empty' },
      h('p', { class: 'empty-title' }, t('list.empty')),
      h('p', null, t('list.empty-text')),
      button(t('list.empty-action'), () => openNewChat(), { class: 'primary' }),
      h('p', { class: 'secondary' }, t('list.your-handle', { handle: `@${state().me?.handle}` })),
    );
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    moveFocus(event, this.#links, () => !isCompact() && this.focusSearch());
  }

  /** @param {HTMLElement} list */
  #loadMoreNearEnd(list) {
    if (list.scrollHeight - list.scrollTop - list.clientHeight < list.clientHeight)
      attempt(client().moreConversations());
  }
}

customElements.define('chat-list', ChatList);
