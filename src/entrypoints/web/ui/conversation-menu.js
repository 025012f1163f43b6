/** What can be done with a conversation as a whole: mute, pin, mark as read or unread, leave. */

import { isMuted, isUnread } from '../client/store/select.js';
import { client, state } from './context.js';
import { ask } from './dialogs/dialog.js';
import { t } from './i18n.js';
import { openMenu } from './menu.js';
import { titleOf } from './parts.js';
import { go, route } from './router.js';
import { attempt } from './toasts.js';

/** @import {Conversation} from '../client/types.js' */

const HOUR = 3_600_000;
/** The level of the protocol from which on a service keeps marks of unread. */
const MARKS_UNREAD = 2;
/** A mute without an end: the last moment that the service takes. */
const FOR_EVER = '9998-12-31T00:00:00.000000Z';

/**
 * @param {HTMLElement} anchor
 * @param {Conversation} conversation
 * @param {() => void} onDetails
 */
export function conversationMenu(anchor, conversation, onDetails) {
  const { head, left } = conversation;
  const { groups, attention } = client();
  const id = head.conversation;
  const muted = isMuted(conversation, Date.now());
  const group = head.kind === 'group';
  openMenu(anchor, [
    {
      icon: group ? 'group' : 'person',
      label: t(group ? 'room.details-group' : 'room.details'),
      deed: onDetails,
    },
    isUnread(head)
      ? { icon: 'check', label: t('room.mark-read'), deed: () => attention.readAll(id) }
      : !left &&
        state().level >= MARKS_UNREAD && {
          icon: 'unread',
          label: t('room.mark-unread'),
          deed: () => attempt(groups.markUnread(id)),
        },
    !left && {
      icon: 'pin',
      label: t(head.pinned ? 'room.unpin' : 'room.pin'),
      deed: () => attempt(groups.pin(id, !head.pinned)),
    },
    !left &&
      (muted
        ? { icon: 'bell', label: t('room.unmute'), deed: () => attempt(groups.mute(id, null)) }
        : { icon: 'mute', label: t('room.mute'), deed: () => muteMenu(anchor, id) }),
    group &&
      !left && {
        icon: 'leave',
        label: t('room.leave'),
        danger: true,
        deed: () => leave(conversation),
      },
  ]);
}

/** @param {HTMLElement} anchor @param {string} id */
function muteMenu(anchor, id) {
  const until = (/** @type {number} */ hours) =>
    new Date(Date.now() + client().api.skew + hours * HOUR).toISOString();
  const mute = (/** @type {string} */ time) =>
    attempt(client().groups.mute(id, time), t('room.muted'));
  openMenu(anchor, [
    { icon: 'clock', label: t('room.mute-hours', { count: 1 }), deed: () => mute(until(1)) },
    { icon: 'clock', label: t('room.mute-hours', { count: 8 }), deed: () => mute(until(8)) },
    { icon: 'mute', label: t('room.mute-always'), deed: () => mute(FOR_EVER) },
  ]);
}

/** Leave a group, after a question. @param {Conversation} conversation */
export async function leave({ head }) {
  const sole = head.members === 1;
  const blocked = head.role === 'owner' && !sole;
  if (blocked)
    return ask({
      title: t('group.leave'),
      text: t('group.owner-must-stay'),
      deed: t('dialog.close'),
    });
  const sure = await ask({
    title: t('group.leave'),
    text: t('group.leave-sure', { name: titleOf(head) }),
    deed: t('room.leave'),
    danger: true,
  });
  if (!sure) return false;
  await attempt(client().groups.leave(head.conversation));
  if (
    state().conversations.get(head.conversation)?.left &&
    route().conversation === head.conversation
  )
    go(null);
  return true;
}
