/** The actions on a member of a group: send a message, change the role, remove. */

import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { nameOf } from '../widgets.js';
import { openPerson } from '../start-conversation.js';
import { attempt } from '../toasts.js';
import { confirmAction } from './dialog.js';

/** @import {Conversation, Member, Role} from '../../client/types.js' */
/** @import {MenuItem} from '../menu.js' */

/**
 * The menu items for a member.
 * @param {Conversation} conversation
 * @param {Member} member
 * @param {() => void} closeDialog closes the dialog that contains the menu
 * @returns {MenuItem[]} empty for the user themselves, and in conversations they have left
 */
export function memberActions({ head, left }, { user, role }, closeDialog) {
  if (user === state().me?.id || left) return [];
  const id = head.conversation;
  /** @type {MenuItem[]} */
  const actions = [
    { icon: 'person', label: t('person.write'), action: () => writeTo(user, closeDialog) },
  ];
  if (head.role === 'owner') {
    actions.push(roleAction(id, user, role));
    actions.push({
      icon: 'lock',
      label: t('role.make-owner'),
      action: () => confirmOwnership(id, user),
    });
  }
  if (head.role === 'owner' || (head.role === 'admin' && role === 'member')) {
    const label = t('group.remove');
    actions.push({ icon: 'trash', label, danger: true, action: () => confirmRemoval(id, user) });
  }
  return actions;
}

/** @param {string} id @param {string} user @param {Role} role @returns {MenuItem} */
function roleAction(id, user, role) {
  const change = (/** @type {Role} */ to) =>
    attempt(client().conversations.changeRole(id, user, to));
  return role === 'admin'
    ? { icon: 'down', label: t('role.make-member'), action: () => change('member') }
    : { icon: 'up', label: t('role.make-admin'), action: () => change('admin') };
}

/** @param {string} user @param {() => void} closeDialog */
function writeTo(user, closeDialog) {
  closeDialog();
  openPerson(user);
}

/** @param {string} id @param {string} user */
async function confirmRemoval(id, user) {
  const isConfirmed = await confirmAction({
    title: t('group.remove'),
    text: t('group.remove-sure', { name: nameOf(user) }),
    action: t('group.remove'),
    danger: true,
  });
  if (isConfirmed) await attempt(client().conversations.removeMember(id, user));
}

/** @param {string} id @param {string} user */
async function confirmOwnership(id, user) {
  const isConfirmed = await confirmAction({
    title: t('role.make-owner'),
    text: t('role.hand-over-sure', { name: nameOf(user) }),
    action: t('role.make-owner'),
  });
  if (isConfirmed) await attempt(client().conversations.changeRole(id, user, 'owner'));
}
