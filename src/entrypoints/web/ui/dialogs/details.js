/** The details of a conversation: a person, or a group with its members and their roles. */

import { canManage } from '../../client/store/selectors.js';
import { client, state } from '../context.js';
import { leaveGroup } from '../conversation-menu.js';
import { t } from '../i18n.js';
import { openMenu } from '../menu.js';
import { nameWarning } from '../name-warning.js';
import {
  avatar,
  button,
  isolatedText,
  conversationAvatar,
  iconButton,
  nameOf,
  titleOf,
} from '../widgets.js';
import { presenceText } from '../presence-text.js';
import { attempt } from '../toasts.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';
import { memberActions } from './member-actions.js';
import { PeoplePicker } from './people-picker.js';

/** @import {Conversation, Member, Role} from '../../client/types.js' */

class DetailsDialog extends DialogView {
  conversation = '';
  #isAdding = false;
  /** @type {string | null} the new title while it is edited */
  #title = null;
  #picker = new PeoplePicker(
    () => this.requestUpdate(),
    (user) => Boolean(this.#conversation?.members?.some((member) => member.user === user.id)),
  );

  get #conversation() {
    return state().conversations.get(this.conversation);
  }

  /** @override */
  render() {
    const conversation = this.#conversation;
    if (!conversation) return this.layout(t('room.missing'));
    const group = conversation.head.kind === 'group';
    if (this.#isAdding) return this.layout(t('group.add'), this.#addForm());
    return this.layout(
      t(group ? 'room.details-group' : 'room.details'),
      this.#summary(conversation),
      group && this.#memberList(conversation),
    );
  }

  /** @param {Conversation} conversation */
  #summary(conversation) {
    const { head } = conversation;
    const peer = state().users.get(head.peer ?? '');
    const subtitle =
      head.kind === 'group'
        ? t('room.members', { count: head.members })
        : presenceText(head.peer ?? '');
    return h(
      'div',
      { class: 'summary', key: 'card' },
      conversationAvatar(head, { size: 'huge' }),
      this.#title === null
        ? h(
            'p',
            { class: 'summary-title' },
            isolatedText(titleOf(head)),
            canManage(conversation) &&
              iconButton('edit', t('group.rename'), () => this.#startRenaming(head.title)),
          )
        : this.#renameForm(this.#title),
      peer && h('p', { class: 'secondary' }, `@${peer.handle}`),
      peer && nameWarning(peer.id),
      h('p', { class: 'secondary' }, subtitle),
    );
  }

  /** @param {string} title */
  #startRenaming(title) {
    this.#title = title;
    this.updateAndFocus('.rename-form input');
  }

  #endRenaming() {
    this.#title = null;
    this.updateAndFocus('.summary-title button');
  }

  /** @param {string} title */
  #renameForm(title) {
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const next = this.#title?.trim();
      if (
        next &&
        (await attempt(
          client()
            .conversations.setTitle(this.conversation, next)
            .then(() => true),
        ))
      )
        this.#endRenaming();
    };
    const leave = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape' || event.isComposing) return;
      // Otherwise it would close the dialog as well.
      event.preventDefault();
      this.#endRenaming();
    };
    return h(
      'form',
      { class: 'rename-form', on: { submit: save, keydown: leave } },
      h('input', {
        type: 'text',
        maxlength: '128',
        dir: 'auto',
        'aria-label': t('group.title'),
        set: { value: title },
        on: {
          input: (/** @type {any} */ event) => {
            this.#title = event.target.value;
          },
        },
      }),
      button(t('dialog.cancel'), () => this.#endRenaming()),
      h('button', { type: 'submit', class: 'button primary' }, t('dialog.save')),
    );
  }

  /** @param {Conversation} conversation */
  #memberList(conversation) {
    const members = [...(conversation.members ?? [])].sort(
      (first, second) =>
        rank(first.role) - rank(second.role) ||
        nameOf(first.user).localeCompare(nameOf(second.user)),
    );
    return h(
      'section',
      { key: 'people', class: 'people-section' },
      h(
        'div',
        { class: 'section-header' },
        h('h3', null, t('group.members')),
        canManage(conversation) &&
          button(t('group.add'), () => this.#startAdding(), { class: 'small add-people' }),
      ),
      h(
        'ul',
        { class: 'list people', role: 'list' },
        members.map((member) => this.#memberRow(conversation, member)),
      ),
      !conversation.left &&
        button(
          t('room.leave'),
          async () => {
            if (await leaveGroup(conversation)) this.close();
          },
          { class: 'danger wide' },
        ),
    );
  }

  /** @param {Conversation} conversation @param {Member} member */
  #memberRow(conversation, member) {
    const { user, role } = member;
    const actions = memberActions(conversation, member, () => this.close());
    const person = state().users.get(user);
    return h(
      'li',
      { key: user, class: 'entry static' },
      avatar(user, nameOf(user), { presence: state().presence.get(user)?.state }),
      h(
        'span',
        { class: 'entry-top' },
        isolatedText(nameOf(user), 'entry-title'),
        user === state().me?.id && h('small', null, t('person.you')),
        role !== 'member' && h('span', { class: 'role' }, t(`role.${role}`)),
      ),
      h(
        'span',
        { class: 'entry-bottom' },
        h('span', { class: 'entry-preview' }, person && `@${person.handle}`),
        nameWarning(user),
      ),
      actions.length > 0 &&
        iconButton(
          'more',
          t('group.member-menu', { name: nameOf(user) }),
          (event) => openMenu(/** @type {HTMLElement} */ (event.currentTarget), actions),
          { 'aria-haspopup': 'menu', class: 'entry-menu' },
        ),
    );
  }

  #startAdding() {
    this.#isAdding = true;
    this.updateAndFocus('input[type=search]');
  }

  #endAdding() {
    this.#picker.selected = [];
    this.#isAdding = false;
    this.updateAndFocus('.add-people');
  }

  #addForm() {
    const { selected } = this.#picker;
    const add = async () => {
      await attempt(
        client().conversations.addMembers(
          this.conversation,
          selected.map((user) => user.id),
        ),
      );
      this.#endAdding();
    };
    return [
      this.#picker.render({ isMulti: true, onPick: () => {} }),
      h(
        'div',
        { class: 'modal-actions' },
        button(t('dialog.cancel'), () => this.#endAdding()),
        button(addLabel(selected.length), add, {
          class: 'primary',
          disabled: !selected.length,
        }),
      ),
    ];
  }
}

/** @param {number} count */
const addLabel = (count) => (count ? t('group.add-count', { count }) : t('group.add'));

/** @param {Role} role */
const rank = (role) => ['owner', 'admin', 'member'].indexOf(role);

customElements.define('details-dialog', DetailsDialog);

/** Open the details of a conversation. @param {string} id */
export function openDetails(id) {
  const view = new DetailsDialog();
  view.conversation = id;
  // The known members may be outdated.
  attempt(client().conversations.loadMembers(id));
  return openDialog(view);
}
