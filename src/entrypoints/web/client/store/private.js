/** The private log: what changed for this user alone. Pure functions. */

import { change, read, settle } from './changing.js';
import { PRIVATE_KINDS } from './kinds.js';
import { fromPrivate } from './notices.js';
import { withUsers } from './people.js';

/** @import {PrivateEvent, State} from '../types.js' */

/**
 * An event after a hole is not applied: the driver sees that the offset did not move, and asks.
 * @param {State} state
 * @param {PrivateEvent} event
 * @returns {State}
 */
export function withPrivate(state, event) {
  if (state.privateOffset && event.offset !== state.privateOffset + 1) return state;
  const next = {
    ...state,
    privateOffset: event.offset,
    notices: fromPrivate(state.notices, event),
  };
  const { data } = event;
  switch (event.kind) {
    case 'read.moved':
      return read(next, data.conversation, data.seq);
    case 'notification.added':
      return settle(next, data.conversation);
    case 'settings.changed':
      return withSettings(next, data);
    case 'conversation.left':
      return change(next, data.conversation, (c) => ({ ...c, left: true }));
    default:
      return PRIVATE_KINDS.has(event.kind) ? next : { ...next, skipped: next.skipped + 1 };
  }
}

/** @param {State} state @param {Record<string, any>} data @returns {State} */
function withSettings(state, data) {
  if (data.display_name !== undefined && state.me) {
    const me = { ...state.me, display_name: data.display_name };
    return withUsers({ ...state, me }, [me]);
  }
  const { conversation, muted_until, pinned, marked_unread } = data;
  return change(state, conversation, (c) => ({
    ...c,
    head: {
      ...c.head,
      muted_until,
      pinned: pinned ?? c.head.pinned,
      marked_unread: marked_unread ?? c.head.marked_unread,
    },
  }));
}
