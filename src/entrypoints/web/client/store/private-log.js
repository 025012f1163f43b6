/** The private log: events that concern this user alone. Pure functions. */

import { updateConversation, withOwnReadMark, withNotificationsRead } from './updates.js';
import { withDraft } from './drafts.js';
import { PRIVATE_KINDS } from './kinds.js';
import { withCleared, withHidden } from './message-changes.js';
import { withPrivateEvent } from './notifications.js';
import { withOwnPresence, withUsers } from './users.js';

/** @import {PrivateEvent, State} from '../types.js' */

/**
 * Apply a private event. After a gap the event is ignored and the offset stays, which makes the
 * catch-up request the missing events.
 * @param {State} state
 * @param {PrivateEvent} event
 * @returns {State}
 */
export function applyPrivateEvent(state, event) {
  if (state.privateOffset && event.offset !== state.privateOffset + 1) return state;
  const next = {
    ...state,
    privateOffset: event.offset,
    notifications: withPrivateEvent(state.notifications, event),
  };
  const { data } = event;
  switch (event.kind) {
    case 'read.moved':
      return withOwnReadMark(next, data.conversation, data.seq);
    case 'notification.added':
      return withNotificationsRead(next, data.conversation);
    case 'settings.changed':
      return withSettings(next, data);
    case 'draft.changed':
      return updateConversation(next, data.conversation, (c) => withDraft(c, event));
    case 'message.hidden':
      return updateConversation(next, data.conversation, (c) => withHidden(c, data.seqs));
    case 'history.cleared':
      return updateConversation(next, data.conversation, (c) => withCleared(c, data.up_to));
    case 'profile.changed':
      return withProfile(next, data);
    case 'presence.changed':
      return withOwnPresence(next, /** @type {any} */ (data));
    case 'conversation.left':
      return updateConversation(next, data.conversation, (c) => ({ ...c, left: true }));
    default:
      return PRIVATE_KINDS.has(event.kind)
        ? next
        : { ...next, unknownEventCount: next.unknownEventCount + 1 };
  }
}

/** @param {State} state @param {Record<string, any>} data @returns {State} */
function withProfile(state, { display_name }) {
  if (!state.me) return state;
  const me = { ...state.me, display_name };
  // What the new name looks like comes with the next answer of the service about this user.
  return withUsers({ ...state, me }, [{ id: me.id, handle: me.handle, display_name }]);
}

/** @param {State} state @param {Record<string, any>} data @returns {State} */
function withSettings(state, data) {
  // Below level 3 of the protocol it told of a changed name as well.
  if (data.display_name !== undefined) return withProfile(state, data);
  const { conversation, muted_until, pinned, marked_unread } = data;
  return updateConversation(state, conversation, (c) => ({
    ...c,
    head: {
      ...c.head,
      muted_until,
      pinned: pinned ?? c.head.pinned,
      marked_unread: marked_unread ?? c.head.marked_unread,
    },
  }));
}
