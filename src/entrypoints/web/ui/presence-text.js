/** Texts about other users: who is typing, who is online, and when somebody was last seen. */

import { typingUsers } from '../client/store/selectors.js';
import { client, state } from './context.js';
import { formatRelativeTime, t } from './i18n.js';
import { nameOf } from './widgets.js';

/** @import {TextKey} from './i18n.js' */

/**
 * The text about who is typing, or an empty string.
 * @param {string} id
 * @param {boolean} showNames name the users, in groups
 * @returns {string}
 */
export function typingText(id, showNames) {
  const users = typingUsers(state(), id);
  if (!users.length) return '';
  if (!showNames) return t('typing.direct');
  return users.length === 1
    ? t('typing.one', { name: nameOf(users[0]) })
    : t('typing.many', { count: users.length });
}

/** @type {Record<string, TextKey>} */
const PRESENCE_TEXTS = {
  online: 'presence.online',
  away: 'presence.away',
  busy: 'presence.busy',
  offline: 'presence.offline',
  invisible: 'presence.offline',
};

/**
 * The presence of a user as text.
 * @param {string} user
 * @returns {string}
 */
export function presenceText(user) {
  const presence = state().presence.get(user);
  if (!presence) return '';
  const { state: status, last_seen: lastSeen, text } = presence;
  if (status === 'offline' && lastSeen)
    return t('presence.seen', {
      ago: formatRelativeTime(Date.parse(lastSeen), Date.now() + client().api.clockSkew),
    });
  return [t(PRESENCE_TEXTS[status]), text].filter(Boolean).join(' · ');
}
