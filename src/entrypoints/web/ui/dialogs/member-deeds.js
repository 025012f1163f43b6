/** What one member of a group may do with another: write, change the role, remove. */

import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { nameOf } from '../parts.js';
import { go } from '../router.js';
import { attempt } from '../toasts.js';
import { ask } from './dialog.js';

/** @import {Conversation, Member, Role} from '../../client/types.js' */
/** @import {MenuItem} from '../menu.js' */

/**
 * @param {Conversation} conversation
 * @param {Member} member
 * @param {() => void} leave closes what the deeds are offered in
 * @returns {MenuItem[]} empty for oneself, and for those who are no longer there
 */
export function memberDeeds({ head, left }, { user, role }, leave) {
  if (user === state().me?.id || left) return [];
  const id = head.conversation;
  /** @type {MenuItem[]} */
  const deeds = [{ icon: 'person', label: t('person.write'), deed: () => write(user, leave) }];
  if (head.role === 'owner') {
    deeds.push(roleDeed(id, user, role));
    deeds.push({ icon: 'lock', label: t('role.make-owner'), deed: () => handOver(id, user) });
  }
  if (head.role === 'owner' || (head.role === 'admin' && role === 'member')) {
    const label = t('group.remove');
    deeds.push({ icon: 'trash', label, danger: true, deed: () => remove(id, user) });
  }
  return deeds;
}

/** @param {string} id @param {string} user @param {Role} role @returns {MenuItem} */
function roleDeed(id, user, role) {
  const change = (/** @type {Role} */ to) => attempt(client().groups.changeRole(id, user, to));
  return role === 'admin'
    ? { icon: 'down', label: t('role.make-member'), deed: () => change('member') }
    : { icon: 'up', label: t('role.make-admin'), deed: () => change('admin') };
}

/** @param {string} user @param {() => void} leave */
async function write(user, leave) {
  const id = await attempt(client().groups.direct(user));
  if (!id) return;
  leave();
  go(id);
}

/** @param {string} id @param {string} user */
async function remove(id, user) {
  const sure = await ask({
    title: t('group.remove'),
    text: t('group.remove-sure', { name: nameOf(user) }),
    deed: t('group.remove'),
    danger: true,
  });
  if (sure) await attempt(client().groups.remove(id, user));
}

/** @param {string} id @param {string} user */
async function handOver(id, user) {
  const sure = await ask({
    title: t('role.make-owner'),
    text: t('role.hand-over-sure', { name: nameOf(user) }),
    deed: t('role.make-owner'),
  });
  if (sure) await attempt(client().groups.changeRole(id, user, 'owner'));
}
