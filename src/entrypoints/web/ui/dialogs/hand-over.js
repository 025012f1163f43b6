/** Asks the owner of a group who owns it after they have left. */

import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { attempt } from '../toasts.js';
import { avatar, button, isolatedText, nameOf } from '../widgets.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

class HandOverDialog extends DialogView {
  conversation = '';
  /** Id of the chosen member. */
  #chosen = '';

  /** @override */
  render() {
    const members = state().conversations.get(this.conversation)?.members ?? [];
    const others = members.map(({ user }) => user).filter((user) => user !== state().me?.id);
    others.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
    return this.layout(
      t('group.leave'),
      h('p', { id: 'hand-over-text' }, t('group.choose-owner')),
      h(
        'ul',
        { class: 'list people', role: 'radiogroup', 'aria-labelledby': 'hand-over-text' },
        others.map((user) => this.#choice(user)),
      ),
      h(
        'div',
        { class: 'modal-actions' },
        button(t('dialog.cancel'), () => this.close()),
        button(t('group.hand-over-and-leave'), () => this.close(this.#chosen), {
          class: 'danger',
          disabled: !this.#chosen,
        }),
      ),
    );
  }

  /** @param {string} user */
  #choice(user) {
    const choose = () => {
      this.#chosen = user;
      this.requestUpdate();
    };
    return h(
      'li',
      { key: user, role: 'presentation' },
      h(
        'label',
        { class: 'entry choice' },
        avatar(user, nameOf(user)),
        h('span', { class: 'entry-top' }, isolatedText(nameOf(user), 'entry-title')),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview' }, `@${state().users.get(user)?.handle ?? ''}`),
        ),
        h('input', {
          type: 'radio',
          name: 'new-owner',
          'aria-label': nameOf(user),
          set: { checked: this.#chosen === user },
          on: { change: choose },
        }),
      ),
    );
  }
}

customElements.define('hand-over-dialog', HandOverDialog);

/**
 * Ask who owns a group next.
 * @param {string} conversation
 * @returns {Promise<string | undefined>} id of the chosen member; undefined to keep the group
 */
export function chooseNewOwner(conversation) {
  const view = new HandOverDialog();
  view.conversation = conversation;
  attempt(client().conversations.loadMembers(conversation));
  return openDialog(view);
}
