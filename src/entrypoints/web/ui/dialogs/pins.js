/** All pinned messages of a conversation, the newest first. */

import { shownPins } from '../../client/store/changes.js';
import { client, state } from '../context.js';
import { formatShortTime, t } from '../i18n.js';
import { authorName, messageExcerpt } from '../message-excerpt.js';
import { navigate } from '../router.js';
import { attempt } from '../toasts.js';
import { avatar, iconButton, isolatedText, nameOf } from '../widgets.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {Pin} from '../../client/message-types.js' */
/** @import {LoggedMessage} from '../../client/types.js' */

class PinsDialog extends DialogView {
  conversation = '';

  /** @override */
  render() {
    const conversation = state().conversations.get(this.conversation);
    const pins = conversation ? shownPins(state(), conversation).toReversed() : [];
    const canUnpin = conversation?.left === false;
    return this.layout(
      t('pins.title'),
      h(
        'ul',
        { class: 'list', role: 'list', 'aria-label': t('pins.title') },
        pins.map((pin) => pin.message && this.#entry(pin, pin.message, canUnpin)),
      ),
      !pins.length && h('p', { class: 'secondary', role: 'status' }, t('pins.none')),
    );
  }

  /** @param {Pin} pin @param {LoggedMessage} message @param {boolean} canUnpin */
  #entry({ seq, by }, message, canUnpin) {
    const open = () => {
      this.close();
      navigate(this.conversation, seq);
    };
    return h(
      'li',
      { key: seq, class: 'pin-row' },
      h(
        'button',
        { type: 'button', class: 'entry', on: { click: open } },
        avatar(message.by, nameOf(message.by)),
        h(
          'span',
          { class: 'entry-top' },
          isolatedText(authorName(message.by), 'entry-title'),
          h('span', { class: 'entry-time' }, formatShortTime(message.time, Date.now())),
        ),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview', dir: 'auto' }, messageExcerpt(message)),
        ),
        h('span', { class: 'pin-by' }, t('pins.pinned-by', { name: authorName(by) })),
      ),
      canUnpin && iconButton('close', t('pins.unpin'), () => this.#unpin(seq)),
    );
  }

  /** @param {number} seq */
  #unpin(seq) {
    const { conversation } = this;
    attempt(client().changes.set({ type: 'pin.set', conversation, seq, on: false }));
    this.updateAndFocus('.modal-header button');
  }
}

customElements.define('pins-dialog', PinsDialog);

/** Show the pinned messages of a conversation. @param {string} id */
export function openPins(id) {
  const view = new PinsDialog();
  view.conversation = id;
  return openDialog(view);
}
