/** The list of conversations, with a field that finds both conversations and people. */

import { listed, unreadNotices } from '../client/store/select.js';
import { client, state } from './context.js';
import { chatEntry } from './chat-entry.js';
import { openNewChat } from './dialogs/new-chat.js';
import { openNotices } from './dialogs/notices.js';
import { openSettings } from './dialogs/settings.js';
import { View } from './element.js';
import { badge, spoken, t } from './i18n.js';
import { icon } from './icons.js';
import { avatar, button, called, iconButton, titleOf } from './parts.js';
import { PeopleSearch } from './people-search.js';
import { prefer } from './preferences.js';
import { go, route } from './router.js';
import { compact, narrow } from './shape.js';
import { attempt } from './toasts.js';
import { h } from './view.js';
import { walk } from './walk.js';

/** @import {Conversation, User} from '../client/types.js' */

export class ChatList extends View {
  #query = '';
  #people = new PeopleSearch(() => this.refresh());

  /** Put the cursor into the search field, for which a compact list makes room. */
  enter() {
    if (compact()) prefer({ compact: false });
    requestAnimationFrame(() =>
      /** @type {HTMLInputElement | null} */ (this.querySelector('input[type=search]'))?.focus(),
    );
  }

  /** @override */
  inputs() {
    const { conversations, users, presence, typing, outbox, me, notices: news } = state();
    return [
      conversations,
      users,
      presence,
      typing,
      outbox,
      me,
      news,
      spoken(),
      narrow(),
      this.#query,
      this.#people.found,
      location.hash,
      Math.floor(Date.now() / 60_000),
    ];
  }

  /** @override */
  render() {
    const all = listed(state());
    const query = this.#query.trim().toLocaleLowerCase();
    const shown = query
      ? all.filter(({ head }) => titleOf(head).toLocaleLowerCase().includes(query))
      : all;
    return [
      this.#top(),
      this.#search(),
      h(
        'div',
        {
          class: 'list-scroller',
          key: 'list',
          on: {
            scroll: (/** @type {Event} */ event) =>
              this.#near(/** @type {HTMLElement} */ (event.currentTarget)),
          },
        },
        shown.length > 0 &&
          h(
            'ul',
            {
              class: 'list',
              role: 'list',
              'aria-label': t('list.label'),
              on: { keydown: (/** @type {KeyboardEvent} */ event) => this.#walk(event) },
            },
            shown.map((conversation, index) => this.#row(conversation, index)),
          ),
        query && this.#strangers(),
        !all.length && !query && state().listed && this.#empty(),
      ),
    ];
  }

  #top() {
    const { me } = state();
    const { count, more } = unreadNotices(state());
    return h(
      'div',
      { class: 'list-top', key: 'top' },
      h(
        'button',
        {
          type: 'button',
          class: 'me',
          'aria-label': t('settings.open'),
          title: t('settings.open'),
          'aria-haspopup': 'dialog',
          on: { click: () => openSettings() },
        },
        avatar(me?.id ?? '', me?.display_name ?? '', {
          presence:
            state().presence.get(me?.id ?? '')?.state ??
            (state().link.phase === 'online' ? 'online' : 'offline'),
        }),
      ),
      h('h1', null, t('list.title')),
      !narrow() && this.#width(),
      iconButton(
        'bell',
        count ? t('notices.open-new', { count }) : t('notices.open'),
        () => openNotices(),
        { 'aria-haspopup': 'dialog' },
        count > 0 &&
          h('span', { class: 'badge badge-corner' }, `${badge(count)}${more ? '+' : ''}`),
      ),
      iconButton('edit', t('new.open'), () => openNewChat(), {
        'aria-haspopup': 'dialog',
        class: 'accent',
      }),
    );
  }

  /** Beside a conversation: faces alone, or whole lines. */
  #width() {
    const folded = compact();
    const deed = () => {
      this.#look('');
      prefer({ compact: !folded });
    };
    return iconButton(folded ? 'unfold' : 'fold', t('list.compact'), deed, {
      'aria-pressed': String(folded),
      class: 'list-width',
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
          input: (/** @type {any} */ event) => this.#look(event.target.value),
          keydown: (/** @type {KeyboardEvent} */ event) => {
            if (event.key === 'Escape') this.#look('');
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
  #look(query) {
    this.#query = query;
    this.#people.look(query);
    this.refresh();
  }

  /** @returns {HTMLElement[]} */
  get #links() {
    return [...this.querySelectorAll('.entry')].map((entry) => /** @type {HTMLElement} */ (entry));
  }

  /** @param {Conversation} conversation @param {number} index */
  #row(conversation, index) {
    const shown = route().conversation ?? '';
    const current = shown === conversation.head.conversation;
    // The list is one stop of the Tab key: the open conversation, or the first one.
    const focusable = current || (index === 0 && !state().conversations.has(shown));
    return chatEntry(conversation, current, focusable);
  }

  /** People who were found, below the conversations. */
  #strangers() {
    const { found, busy } = this.#people;
    return h(
      'section',
      { class: 'found', key: 'found' },
      h('h2', null, t('list.people')),
      h(
        'ul',
        {
          class: 'list',
          role: 'list',
          on: { keydown: (/** @type {KeyboardEvent} */ event) => this.#walk(event) },
        },
        found.map((person) => this.#stranger(person)),
      ),
      !found.length &&
        h(
          'p',
          { class: 'quiet', role: 'status' },
          busy ? t('people.searching') : t('people.none'),
        ),
    );
  }

  /** @param {User} person */
  #stranger(person) {
    return h(
      'li',
      { key: person.id },
      h(
        'button',
        { type: 'button', class: 'entry', on: { click: () => this.#begin(person) } },
        avatar(person.id, person.display_name),
        h('span', { class: 'entry-top' }, called(person.display_name, 'entry-title')),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview' }, `@${person.handle}`),
        ),
      ),
    );
  }

  /** @param {User} person */
  async #begin(person) {
    const id = await attempt(client().groups.direct(person.id));
    if (!id) return;
    this.#look('');
    go(id);
  }

  #empty() {
    return h(
      'div',
      { class: 'empty', key: 'empty' },
      h('p', { class: 'empty-title' }, t('list.empty')),
      h('p', null, t('list.empty-words')),
      button(t('list.empty-deed'), () => openNewChat(), { class: 'primary' }),
      h('p', { class: 'quiet' }, t('list.your-handle', { handle: `@${state().me?.handle}` })),
    );
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    walk(event, this.#links, () => !compact() && this.enter());
  }

  /** @param {HTMLElement} list */
  #near(list) {
    if (list.scrollHeight - list.scrollTop - list.clientHeight < list.clientHeight)
      attempt(client().moreConversations());
  }
}

customElements.define('chat-list', ChatList);
