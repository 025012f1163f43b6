/** The menu of a conversation: mute, pin, mark as read or unread, leave. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { isMuted, isUnread } from '../client/store/selectors.js';
import { client, state } from './context.js';
import { confirmAction } from './dialogs/dialog.js';
import { chooseNewOwner } from './dialogs/hand-over.js';
import { t } from './i18n.js';
import { openMenu } from './menu.js';
import { titleOf } from './widgets.js';
import { navigate, route } from './router.js';
import { attempt } from './toasts.js';

/** @import {Conversation} from '../client/types.js' */

const HOUR_MS = 3_600_000;
/** The protocol level from which on a conversation can be marked as unread. */
const MARK_UNREAD_LEVEL = 2;
/** Muting without an end: the latest time that the service accepts. */
const MUTE_FOREVER_UNTIL = '9998-12-31T00:00:00.000000Z';

/**
 * Open the menu of a conversation.
 * @param {HTMLElement} anchor
 * @param {Conversation} conversation
 * @param {() => void} onDetails opens the details
 */
export function openConversationMenu(anchor, conversation, onDetails) {
  const { head, left } = conversation;
  const { conversations, activity } = client();
  const id = head.conversation;
  const muted = isMuted(conversation, Date.now());
  const group = head.kind === 'group';
  openMenu(anchor, [
    {
      icon: group ? 'group' : 'person',
      label: t(group ? 'room.details-group' : 'room.details'),
      action: onDetails,
    },
    isUnread(head)
      ? { icon: 'check', label: t('room.mark-read'), action: () => activity.markAllRead(id) }
      : !left &&
        state().level >= MARK_UNREAD_LEVEL && {
          icon: 'unread',
          label: t('room.mark-unread'),
          action: () => attempt(conversations.markUnread(id)),
        },
    !left && {
      icon: 'pin',
      label: t(head.pinned ? 'room.unpin' : 'room.pin'),
      action: () => attempt(conversations.setPinned(id, !head.pinned)),
    },
    !left &&
      (muted
        ? {
            icon: 'bell',
            label: t('room.unmute'),
            action: () => attempt(conversations.setMuted(id, null)),
          }
        : { icon: 'mute', label: t('room.mute'), action: () => openMuteMenu(anchor, id) }),
    state().level >= MESSAGE_LIFE_LEVEL &&
      Boolean(head.last) && {
        icon: 'trash',
        label: t('clear.action'),
        danger: true,
        action: () => clearHistory(id, head.seq),
      },
    group &&
      !left && {
        icon: 'leave',
        label: t('room.leave'),
        danger: true,
        action: () => leaveGroup(conversation),
      },
  ]);
}

/**
 * Delete all messages up to one for this user, after a confirmation.
 * @param {string} id
 * @param {number} upTo seq
 */
async function clearHistory(id, upTo) {
  const isSure = await confirmAction({
    title: t('clear.title'),
    text: t('clear.sure'),
    action: t('clear.action'),
    danger: true,
  });
  if (isSure) await attempt(client().outbox.request(id, { type: 'history.clear', up_to: upTo }));
}

/** @param {HTMLElement} anchor @param {string} id */
function openMuteMenu(anchor, id) {
  const until = (/** @type {number} */ hours) =>
    new Date(Date.now() + client().api.clockSkew + hours * HOUR_MS).toISOString();
  const mute = (/** @type {string} */ time) =>
    attempt(client().conversations.setMuted(id, time), t('room.muted'));
  openMenu(anchor, [
    { icon: 'clock', label: t('room.mute-hours', { count: 1 }), action: () => mute(until(1)) },
    { icon: 'clock', label: t('room.mute-hours', { count: 8 }), action: () => mute(until(8)) },
    { icon: 'mute', label: t('room.mute-always'), action: () => mute(MUTE_FOREVER_UNTIL) },
  ]);
}

/**
 * Leave a group, after a confirmation. An owner hands the group over first.
 * @param {Conversation} conversation
 * @returns {Promise<boolean>} whether the group was to be left
 */
export async function leaveGroup({ head }) {
  const mustHandOver = head.role === 'owner' && head.members > 1;
  const isSure = mustHandOver
    ? await handOver(head.conversation)
    : await confirmAction({
        title: t('group.leave'),
        text: t('group.leave-sure', { name: titleOf(head) }),
        action: t('room.leave'),
        danger: true,
      });
  if (!isSure) return false;
  await attempt(client().conversations.leave(head.conversation));
  if (
    state().conversations.get(head.conversation)?.left &&
    route().conversation === head.conversation
  )
    navigate(null);
  return true;
}

/** @param {string} id @returns {Promise<boolean>} whether the group has another owner now */
async function handOver(id) {
  const owner = await chooseNewOwner(id);
  if (!owner) return false;
  const { conversations } = client();
  return Boolean(await attempt(conversations.changeRole(id, owner, 'owner').then(() => true)));
}
