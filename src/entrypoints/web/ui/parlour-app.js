/**
 * The root element: the log-in form, or the conversation list beside the conversation; one of them
 * on narrow screens.
 */

import './connection-banner.js';
import './chat-list.js';
import './chat-room.js';
import './message-composer.js';
import './sign-in.js';
import './timeline.js';

import { state } from './context.js';
import { closeAllDialogs } from './dialogs/dialog.js';
import { openNewChat } from './dialogs/new-chat.js';
import { Component } from './component.js';
import { currentLanguage, t } from './i18n.js';
import { button } from './widgets.js';
import { route } from './router.js';
import { isCompact, isNarrow } from './layout.js';
import { h } from './vdom.js';

export class ParlourApp extends Component {
  /**
   * What is shown: `signed-out`, the id of a conversation, or an empty string.
   * @type {string | null}
   */
  #shownView = null;

  /** @override */
  dependencies() {
    return [
      state().phase,
      location.hash,
      currentLanguage(),
      isNarrow(),
      state().conversationsLoaded && state().conversations.size === 0,
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
  updated() {
    const { phase } = state();
    const view = phase === 'signed-out' ? phase : (route().conversation ?? '');
    const hasChanged = this.#shownView !== null && this.#shownView !== view;
    this.#shownView = phase === 'starting' ? null : view;
    if (phase === 'signed-out') closeAllDialogs();
    // The focused element was removed: continue at the start of the list.
    else if (hasChanged && document.activeElement === document.body)
      /** @type {HTMLElement | null} */ (this.querySelector('.sidebar'))?.focus();
  }

  #workspace() {
    const { conversation: id, seq } = route();
    const classes = ['workspace', id && 'in-room', isCompact() && 'compact'];
    return h(
      'div',
      { class: classes.filter(Boolean).join(' '), key: 'workspace' },
      h('connection-banner'),
      // On a narrow screen the list is the main content while no conversation is open.
      h(
        'div',
        {
          class: 'sidebar',
          tabindex: '-1',
          role: isNarrow() && !id ? 'main' : 'navigation',
          'aria-label': t('list.label'),
        },
        h('chat-list'),
      ),
      h(
        'div',
        { class: 'main-pane', role: 'main', 'aria-label': t('app.conversation') },
        id ? h('chat-room', { key: 'room', set: { place: { id, seq } } }) : this.#placeholder(),
      ),
    );
  }

  #placeholder() {
    return h(
      'div',
      { class: 'placeholder', key: 'nothing' },
      h('span', { class: 'logo', 'aria-hidden': 'true' }),
      h('p', { class: 'placeholder-title' }, t('app.placeholder')),
      h('p', { class: 'secondary' }, t('app.placeholder-text')),
      button(t('new.open'), () => openNewChat(), { class: 'primary' }),
    );
  }
}

customElements.define('parlour-app', ParlourApp);
