/** One conversation: header, timeline and composer. */

import { conversationOf, peerOfUnstarted } from '../client/store/unstarted.js';
import { state } from './context.js';
import { openConversationMenu } from './conversation-menu.js';
import { openDetails } from './dialogs/details.js';
import { Component } from './component.js';
import { currentLanguage, t } from './i18n.js';
import { clearSelection, isSelecting, selectedSeqs } from './selection.js';
import { selectionBar } from './selection-bar.js';
import { icon } from './icons.js';
import { nameWarning } from './name-warning.js';
import { button, isolatedText, conversationAvatar, iconButton, titleOf } from './widgets.js';
import { PinStrip } from './pins.js';
import { presenceText, typingText } from './presence-text.js';
import { navigate } from './router.js';
import { isNarrow } from './layout.js';
import { h } from './vdom.js';

/** @import {Conversation} from '../client/types.js' */

export class ChatRoom extends Component {
  /** @type {{id: string, seq: number | null}} */
  #place = { id: '', seq: null };
  #pinStrip = new PinStrip(() => this.requestUpdate());

  /**
   * The conversation to show, and optionally a message to scroll to.
   * @param {{id: string, seq: number | null}} place
   */
  set place(place) {
    const isOther = place.id !== this.#place.id;
    if (!isOther && place.seq === this.#place.seq) return;
    this.#place = place;
    if (isOther) {
      clearSelection();
      this.#pinStrip = new PinStrip(() => this.requestUpdate());
    }
    this.requestUpdate();
    // On touch screens the on-screen keyboard would cover the messages.
    if (isOther && matchMedia('(pointer: fine)').matches)
      requestAnimationFrame(() => this.#composer?.focusInput());
  }

  /** @returns {any} */
  get #composer() {
    return this.querySelector('message-composer');
  }

  /** @returns {any} */
  get #timeline() {
    return this.querySelector('chat-timeline');
  }

  /** @override */
  dependencies() {
    const { users, presence, typing, connection, changes, me } = state();
    const { id, seq } = this.#place;
    return [
      id,
      seq,
      conversationOf(state(), id),
      users,
      changes,
      presence,
      typing.get(id),
      connection.phase,
      me,
      selectedSeqs(id),
      currentLanguage(),
      isNarrow(),
    ];
  }

  /** @override */
  render() {
    const { id } = this.#place;
    const conversation = conversationOf(state(), id);
    const timeline = h('chat-timeline', {
      key: 'timeline',
      hidden: !conversation,
      set: { place: this.#place },
    });
    if (!conversation) return [this.#back(), this.#notFound(), timeline];
    return [
      h(
        'div',
        { class: 'room-top', key: 'top' },
        this.#header(conversation),
        this.#pinStrip.render(conversation),
      ),
      timeline,
      isSelecting(id) && selectionBar(id),
      h('message-composer', {
        key: 'composer',
        hidden: isSelecting(id),
        set: { conversation: id },
        on: { sent: () => this.#timeline?.onOwnMessageSent() },
      }),
    ];
  }

  #back() {
    return h(
      'div',
      { class: 'room-header', key: 'header' },
      iconButton('back', t('room.back'), () => navigate(null), { class: 'back' }),
    );
  }

  #notFound() {
    const isConnected = state().connection.phase === 'online';
    return h(
      'div',
      { class: 'placeholder', role: 'status', key: 'missing' },
      h(
        'p',
        { class: 'placeholder-title' },
        isConnected ? t('room.missing') : t('timeline.loading'),
      ),
      isConnected && h('p', { class: 'secondary' }, t('room.missing-text')),
      isConnected && button(t('room.back'), () => navigate(null)),
    );
  }

  /** @param {Conversation} conversation */
  #header(conversation) {
    const { head } = conversation;
    const open = () => openDetails(head.conversation);
    // Before its first message there are no members and no settings.
    const isStarted = peerOfUnstarted(head.conversation) === null;
    const opener = { type: 'button', 'aria-haspopup': 'dialog', on: { click: open } };
    return h(
      'div',
      { class: 'room-header', key: 'header' },
      iconButton('back', t('room.back'), () => navigate(null), { class: 'back' }),
      h(
        isStarted ? 'button' : 'div',
        { class: 'room-info', key: 'info', ...(isStarted && opener) },
        conversationAvatar(head),
        h(
          'span',
          { class: 'room-text' },
          h(
            'span',
            { class: 'room-title', role: 'heading', 'aria-level': isNarrow() ? '1' : '2' },
            isolatedText(titleOf(head)),
            head.peer && nameWarning(head.peer),
            head.muted_until && Date.parse(head.muted_until) > Date.now() && icon('mute'),
          ),
          h('span', { class: 'room-subtitle' }, this.#subtitle(conversation)),
        ),
      ),
      isStarted &&
        iconButton(
          'more',
          t('room.menu'),
          (event) =>
            openConversationMenu(
              /** @type {HTMLElement} */ (event.currentTarget),
              conversation,
              open,
            ),
          { 'aria-haspopup': 'menu' },
        ),
    );
  }

  /** @param {Conversation} conversation */
  #subtitle({ head }) {
    const typing = typingText(head.conversation, head.kind === 'group');
    if (typing)
      return h(
        'span',
        { class: 'typing' },
        typing,
        h('span', { class: 'typing-dots', 'aria-hidden': 'true' }),
      );
    if (head.kind === 'group') return t('room.members', { count: head.members });
    if (head.peer === state().me?.id) return t('room.self');
    const stranger = state().users.get(peerOfUnstarted(head.conversation) ?? '');
    if (stranger) return stranger.handle && `@${stranger.handle}`;
    return presenceText(head.peer ?? '');
  }
}

customElements.define('chat-room', ChatRoom);
