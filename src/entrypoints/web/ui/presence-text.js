/** Texts about other users: who is typing, who is online, and when somebody was last seen. */

import { typists } from '../client/store/select.js';
import { client, state } from './context.js';
import { ago, t } from './i18n.js';
import { nameOf } from './parts.js';

/** @import {Phrase} from './i18n.js' */

/**
 * Who is typing, in words.
 * @param {string} id
 * @param {boolean} named in a group it matters who
 * @returns {string}
 */
export function typingWords(id, named) {
  const users = typists(state(), id);
  if (!users.length) return '';
  if (!named) return t('typing.direct');
  return users.length === 1
    ? t('typing.one', { name: nameOf(users[0]) })
    : t('typing.many', { count: users.length });
}

/** @type {Record<string, Phrase>} */
const PRESENCE = {
  online: 'presence.online',
  away: 'presence.away',
  busy: 'presence.busy',
  offline: 'presence.offline',
  invisible: 'presence.offline',
};

/** @param {string} user @returns {string} */
export function presenceWords(user) {
  const presence = state().presence.get(user);
  if (!presence) return '';
  const { state: is, last_seen: seen, text } = presence;
  if (is === 'offline' && seen)
    return t('presence.seen', { ago: ago(Date.parse(seen), Date.now() + client().api.skew) });
  return [t(PRESENCE[is]), text].filter(Boolean).join(' · ');
}
