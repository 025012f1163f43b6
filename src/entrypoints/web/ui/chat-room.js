/** One conversation: who it is with, what was said, and where to write. */

import { state } from './context.js';
import { conversationMenu } from './conversation-menu.js';
import { openDetails } from './dialogs/details.js';
import { View } from './element.js';
import { spoken, t } from './i18n.js';
import { icon } from './icons.js';
import { button, called, headAvatar, iconButton, titleOf } from './parts.js';
import { presenceWords, typingWords } from './presence-text.js';
import { go } from './router.js';
import { narrow } from './shape.js';
import { h } from './view.js';

/** @import {Conversation} from '../client/types.js' */

export class ChatRoom extends View {
  /** @type {{id: string, seq: number | null}} */
  #place = { id: '', seq: null };

  /** @param {{id: string, seq: number | null}} place */
  set place(place) {
    const other = place.id !== this.#place.id;
    if (!other && place.seq === this.#place.seq) return;
    this.#place = place;
    this.refresh();
    // On a touch screen the keyboard would cover what the user came to read.
    if (other && matchMedia('(pointer: fine)').matches)
      requestAnimationFrame(() => this.#composer?.enter());
  }

  /** @returns {any} */
  get #composer() {
    return this.querySelector('message-composer');
  }

  /** @override */
  inputs() {
    const { conversations, users, presence, typing, link, me } = state();
    const { id, seq } = this.#place;
    return [
      id,
      seq,
      conversations.get(id),
      users,
      presence,
      typing.get(id),
      link.phase,
      me,
      spoken(),
      narrow(),
    ];
  }

  /** @override */
  render() {
    const { id } = this.#place;
    const conversation = state().conversations.get(id);
    const timeline = h('chat-timeline', {
      key: 'timeline',
      hidden: !conversation,
      set: { place: this.#place },
    });
    if (!conversation) return [this.#back(), this.#missing(), timeline];
    return [
      this.#header(conversation),
      timeline,
      h('message-composer', {
        set: { conversation: id },
        on: { spoke: () => /** @type {any} */ (this.querySelector('chat-timeline'))?.spoke() },
      }),
    ];
  }

  #back() {
    return h(
      'div',
      { class: 'room-header', key: 'header' },
      iconButton('back', t('room.back'), () => go(null), { class: 'back' }),
    );
  }

  #missing() {
    const known = state().link.phase === 'online';
    return h(
      'div',
      { class: 'nothing', role: 'status', key: 'missing' },
      h('p', { class: 'nothing-title' }, known ? t('room.missing') : t('timeline.loading')),
      known && h('p', { class: 'quiet' }, t('room.missing-words')),
      known && button(t('room.back'), () => go(null)),
    );
  }

  /** @param {Conversation} conversation */
  #header(conversation) {
    const { head } = conversation;
    const open = () => openDetails(head.conversation);
    return h(
      'div',
      { class: 'room-header', key: 'header' },
      iconButton('back', t('room.back'), () => go(null), { class: 'back' }),
      h(
        'button',
        { type: 'button', class: 'room-who', 'aria-haspopup': 'dialog', on: { click: open } },
        headAvatar(head),
        h(
          'span',
          { class: 'room-words' },
          h(
            'span',
            { class: 'room-title', role: 'heading', 'aria-level': narrow() ? '1' : '2' },
            called(titleOf(head)),
            head.muted_until && Date.parse(head.muted_until) > Date.now() && icon('mute'),
          ),
          h('span', { class: 'room-subtitle' }, this.#subtitle(conversation)),
        ),
      ),
      iconButton(
        'more',
        t('room.menu'),
        (event) =>
          conversationMenu(/** @type {HTMLElement} */ (event.currentTarget), conversation, open),
        { 'aria-haspopup': 'menu' },
      ),
    );
  }

  /** @param {Conversation} conversation */
  #subtitle({ head }) {
    const typing = typingWords(head.conversation, head.kind === 'group');
    if (typing)
      return h(
        'span',
        { class: 'typing' },
        typing,
        h('span', { class: 'typing-dots', 'aria-hidden': 'true' }),
      );
    if (head.kind === 'group') return t('room.members', { count: head.members });
    if (head.peer === state().me?.id) return t('room.self');
    return presenceWords(head.peer ?? '');
  }
}

customElements.define('chat-room', ChatRoom);
