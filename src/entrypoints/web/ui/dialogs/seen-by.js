/** Who has read a message of a group, whom it has reached, and whom not yet. */

import { seenBy } from '../../client/store/selectors.js';
import { state } from '../context.js';
import { t } from '../i18n.js';
import { avatar, isolatedText, nameOf } from '../widgets.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {LoggedMessage} from '../../client/types.js' */
/** @import {TextKey} from '../i18n.js' */

class SeenByDialog extends DialogView {
  /** @type {LoggedMessage} */
  message = /** @type {any} */ (null);

  /** @override */
  render() {
    const conversation = state().conversations.get(this.message.conversation);
    if (!conversation) return this.layout(t('seen.title'), h('p', null, t('room.missing')));
    const { read, received, waiting } = seenBy(conversation, this.message);
    return this.layout(
      t('seen.title'),
      this.#section('seen.read', read),
      this.#section('seen.received', received),
      this.#section('seen.waiting', waiting),
      h('p', { class: 'secondary' }, t('seen.hint')),
    );
  }

  /** @param {TextKey} title @param {string[]} users */
  #section(title, users) {
    if (!users.length) return null;
    const sorted = [...users].sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
    return h(
      'section',
      { class: 'people-section', key: title },
      h('div', { class: 'section-header' }, h('h3', null, t(title, { count: users.length }))),
      h(
        'ul',
        { class: 'list people', role: 'list', 'aria-label': t(title, { count: users.length }) },
        sorted.map((user) =>
          h(
            'li',
            { key: user, class: 'entry static' },
            avatar(user, nameOf(user)),
            h('span', { class: 'entry-top' }, isolatedText(nameOf(user), 'entry-title')),
            h(
              'span',
              { class: 'entry-bottom' },
              h('span', { class: 'entry-preview' }, `@${state().users.get(user)?.handle ?? ''}`),
            ),
          ),
        ),
      ),
    );
  }
}

customElements.define('seen-by-dialog', SeenByDialog);

/** Show who has seen a message. @param {LoggedMessage} message */
export function openSeenBy(message) {
  const view = new SeenByDialog();
  view.message = message;
  return openDialog(view);
}
