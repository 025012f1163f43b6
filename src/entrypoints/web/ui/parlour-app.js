/**
 * The page: the way in, or the list beside the conversation. On a narrow screen, one of the two.
 */

import './banner.js';
import './chat-list.js';
import './chat-room.js';
import './composer.js';
import './sign-in.js';
import './timeline.js';

import { state } from './context.js';
import { closeAll } from './dialogs/dialog.js';
import { openNewChat } from './dialogs/new-chat.js';
import { View } from './element.js';
import { spoken, t } from './i18n.js';
import { button } from './parts.js';
import { route } from './router.js';
import { compact, narrow } from './shape.js';
import { h } from './view.js';

export class ParlourApp extends View {
  /** The way in, a conversation, or none. @type {string | null} */
  #shown = null;

  /** @override */
  inputs() {
    return [
      state().phase,
      location.hash,
      spoken(),
      narrow(),
      state().listed && state().conversations.size === 0,
    ];
  }

  /** @override */
  render() {
    switch (state().phase) {
      case 'starting':
        return h(
          'main',
          { class: 'splash', 'aria-busy': 'true' },
          h('span', { class: 'logo', 'aria-hidden': 'true' }),
          h('p', { class: 'visually-hidden' }, t('app.starting')),
        );
      case 'signed-out':
        return h('sign-in');
      default:
        return this.#workspace();
    }
  }

  /** @override */
  painted() {
    const { phase } = state();
    const shown = phase === 'signed-out' ? phase : (route().conversation ?? '');
    const left = this.#shown !== null && this.#shown !== shown;
    this.#shown = phase === 'starting' ? null : shown;
    if (phase === 'signed-out') closeAll();
    // What went took the focus with it: the next key begins at the top of the list.
    else if (left && document.activeElement === document.body)
      /** @type {HTMLElement | null} */ (this.querySelector('.side'))?.focus();
  }

  #workspace() {
    const { conversation: id, seq } = route();
    const shape = ['workspace', id && 'in-room', compact() && 'compact'];
    return h(
      'div',
      { class: shape.filter(Boolean).join(' '), key: 'workspace' },
      h('connection-banner'),
      // On a narrow screen the list is all there is while no conversation is open.
      h(
        'div',
        {
          class: 'side',
          tabindex: '-1',
          role: narrow() && !id ? 'main' : 'navigation',
          'aria-label': t('list.label'),
        },
        h('chat-list'),
      ),
      h(
        'div',
        { class: 'stage', role: 'main', 'aria-label': t('app.stage') },
        id ? h('chat-room', { key: 'room', set: { place: { id, seq } } }) : this.#nothing(),
      ),
    );
  }

  #nothing() {
    return h(
      'div',
      { class: 'nothing', key: 'nothing' },
      h('span', { class: 'logo', 'aria-hidden': 'true' }),
      h('p', { class: 'nothing-title' }, t('app.nothing')),
      h('p', { class: 'quiet' }, t('app.nothing-words')),
      button(t('new.open'), () => openNewChat(), { class: 'primary' }),
    );
  }
}

customElements.define('parlour-app', ParlourApp);
