/** One line that stands for a message: in quotes, above the composer, in lists. */

import { excerpt } from '../client/store/heads.js';
import { state } from './context.js';
import { t } from './i18n.js';
import { nameOf } from './widgets.js';

/** @import {Message} from '../client/types.js' */

/**
 * One line of what a message contains.
 * @param {Pick<Message, 'kind' | 'body' | 'recalled'>} message
 * @returns {string}
 */
export function messageExcerpt({ kind, body, recalled }) {
  if (recalled) return t('message.was-recalled');
  return excerpt(kind, body);
}

/** Whom a message is from: "You", or a name. @param {string} user */
export const authorName = (user) => (user === state().me?.id ? t('person.you') : nameOf(user));
