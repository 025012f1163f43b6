/** What a conversation is: a person's card, or a group with its members and their roles. */

import { mayManage } from '../../client/store/select.js';
import { client, state } from '../context.js';
import { leave } from '../conversation-menu.js';
import { t } from '../i18n.js';
import { openMenu } from '../menu.js';
import { avatar, button, called, headAvatar, iconButton, nameOf, titleOf } from '../parts.js';
import { presenceWords } from '../presence-text.js';
import { attempt } from '../toasts.js';
import { h } from '../view.js';
import { Sheet, open } from './dialog.js';
import { memberDeeds } from './member-deeds.js';
import { PeoplePicker } from './people-picker.js';

/** @import {Conversation, Member, Role} from '../../client/types.js' */

class DetailsSheet extends Sheet {
  conversation = '';
  #adding = false;
  /** @type {string | null} the new title while it is edited */
  #title = null;
  #picker = new PeoplePicker(
    () => this.refresh(),
    (user) => Boolean(this.#shown?.members?.some((member) => member.user === user.id)),
  );

  get #shown() {
    return state().conversations.get(this.conversation);
  }

  /** @override */
  render() {
    const conversation = this.#shown;
    if (!conversation) return this.sheet(t('room.missing'));
    const group = conversation.head.kind === 'group';
    if (this.#adding) return this.sheet(t('group.add'), this.#add());
    return this.sheet(
      t(group ? 'room.details-group' : 'room.details'),
      this.#card(conversation),
      group && this.#people(conversation),
    );
  }

  /** @param {Conversation} conversation */
  #card(conversation) {
    const { head } = conversation;
    const peer = state().users.get(head.peer ?? '');
    const words =
      head.kind === 'group'
        ? t('room.members', { count: head.members })
        : presenceWords(head.peer ?? '');
    return h(
      'div',
      { class: 'card', key: 'card' },
      headAvatar(head, { size: 'huge' }),
      this.#title === null
        ? h(
            'p',
            { class: 'card-title' },
            called(titleOf(head)),
            mayManage(conversation) &&
              iconButton('edit', t('group.rename'), () => this.#edit(head.title)),
          )
        : this.#renaming(this.#title),
      peer && h('p', { class: 'quiet' }, `@${peer.handle}`),
      h('p', { class: 'quiet' }, words),
    );
  }

  /** @param {string} title */
  #edit(title) {
    this.#title = title;
    this.refresh();
  }

  /** @param {string} title */
  #renaming(title) {
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const next = this.#title?.trim();
      if (
        next &&
        (await attempt(
          client()
            .groups.retitle(this.conversation, next)
            .then(() => true),
        ))
      )
        this.#title = null;
      this.refresh();
    };
    return h(
      'form',
      { class: 'renaming', on: { submit: save } },
      h('input', {
        type: 'text',
        maxlength: '128',
        dir: 'auto',
        autofocus: true,
        'aria-label': t('group.title'),
        set: { value: title },
        on: {
          input: (/** @type {any} */ event) => {
            this.#title = event.target.value;
          },
        },
      }),
      h('button', { type: 'submit', class: 'button primary' }, t('dialog.save')),
    );
  }

  /** @param {Conversation} conversation */
  #people(conversation) {
    const members = [...(conversation.members ?? [])].sort(
      (one, other) =>
        rank(one.role) - rank(other.role) || nameOf(one.user).localeCompare(nameOf(other.user)),
    );
    return h(
      'section',
      { key: 'people', class: 'people-section' },
      h(
        'div',
        { class: 'section-top' },
        h('h3', null, t('group.members')),
        mayManage(conversation) &&
          button(t('group.add'), () => this.#startAdding(), { class: 'small' }),
      ),
      h(
        'ul',
        { class: 'list people', role: 'list' },
        members.map((member) => this.#member(conversation, member)),
      ),
      !conversation.left &&
        button(
          t('room.leave'),
          async () => {
            if (await leave(conversation)) this.finish();
          },
          { class: 'danger wide' },
        ),
    );
  }

  /** @param {Conversation} conversation @param {Member} member */
  #member(conversation, member) {
    const { user, role } = member;
    const deeds = memberDeeds(conversation, member, () => this.finish());
    const person = state().users.get(user);
    return h(
      'li',
      { key: user, class: 'entry plain' },
      avatar(user, nameOf(user), { presence: state().presence.get(user)?.state }),
      h(
        'span',
        { class: 'entry-top' },
        called(nameOf(user), 'entry-title'),
        user === state().me?.id && h('small', null, t('person.you')),
        role !== 'member' && h('span', { class: 'role' }, t(`role.${role}`)),
      ),
      h(
        'span',
        { class: 'entry-bottom' },
        h('span', { class: 'entry-preview' }, person && `@${person.handle}`),
      ),
      deeds.length > 0 &&
        iconButton(
          'more',
          t('group.member-menu', { name: nameOf(user) }),
          (event) => openMenu(/** @type {HTMLElement} */ (event.currentTarget), deeds),
          { 'aria-haspopup': 'menu', class: 'entry-menu' },
        ),
    );
  }

  #startAdding() {
    this.#adding = true;
    this.refresh();
  }

  #add() {
    const { chosen } = this.#picker;
    const add = async () => {
      await attempt(
        client().groups.add(
          this.conversation,
          chosen.map((user) => user.id),
        ),
      );
      this.#picker.chosen = [];
      this.#adding = false;
      this.refresh();
    };
    return [
      this.#picker.render({ many: true, onPick: () => {} }),
      h(
        'div',
        { class: 'sheet-deeds' },
        button(t('dialog.cancel'), () => {
          this.#adding = false;
          this.refresh();
        }),
        button(t('group.add-count', { count: chosen.length }), add, {
          class: 'primary',
          disabled: !chosen.length,
        }),
      ),
    ];
  }
}

/** @param {Role} role */
const rank = (role) => ['owner', 'admin', 'member'].indexOf(role);

customElements.define('details-sheet', DetailsSheet);

/** @param {string} id */
export function openDetails(id) {
  const view = new DetailsSheet();
  view.conversation = id;
  // The list may be old: ask again while it is shown.
  attempt(client().groups.members(id));
  return open(view);
}
