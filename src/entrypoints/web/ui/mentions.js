/** Suggestions while a mention is typed. The service decides whom a text mentions. */

import { foldCase } from '../client/text.js';
import { state } from './context.js';
import { t } from './i18n.js';
import { Suggestions } from './suggestions.js';
import { avatar, isolatedText } from './widgets.js';
import { h } from './vdom.js';

/** @import {User} from '../client/types.js' */

const MAX_SUGGESTIONS = 6;
const MENTION_AT_CURSOR = /(?:^|[\s([{,;:])@([a-z0-9._-]*)$/iu;

/**
 * The unfinished mention before the cursor.
 * @param {string} text
 * @param {number} cursor
 * @returns {{query: string, start: number} | null} `start` is the index of the at sign
 */
export function typedMention(text, cursor) {
  const match = MENTION_AT_CURSOR.exec(text.slice(Math.max(0, cursor - 64), cursor));
  return match && { query: foldCase(match[1]), start: cursor - match[1].length - 1 };
}

/**
 * Members whose handle or a part of whose name starts with *query*.
 * @param {string} conversation
 * @param {string} query
 * @returns {User[]}
 */
function membersLike(conversation, query) {
  const { conversations, users, me } = state();
  const { members, head } = conversations.get(conversation) ?? {};
  if (head?.kind !== 'group') return [];
  return (members ?? [])
    .filter(({ user }) => user !== me?.id)
    .flatMap(({ user }) => users.get(user) ?? [])
    .filter(({ handle, display_name }) =>
      [handle, ...foldCase(display_name).split(/\s+/)].some((word) => word.startsWith(query)),
    )
    .slice(0, MAX_SUGGESTIONS);
}

/**
 * The people for the mention before the cursor.
 * @param {string} conversation
 * @param {string} text
 * @param {number} cursor
 * @returns {Suggestions | null} null if no mention is being typed, or nobody fits
 */
export function mentionSuggestions(conversation, text, cursor) {
  const typed = typedMention(text, cursor);
  const items = typed ? membersLike(conversation, typed.query).map(suggestion) : [];
  return typed && items.length
    ? new Suggestions(t('composer.mentions'), items, typed.start)
    : null;
}

/** @param {User} person */
const suggestion = ({ id, handle, display_name }) => ({
  key: id,
  text: `@${handle} `,
  content: [
    avatar(id, display_name, { size: 'small' }),
    isolatedText(display_name),
    h('small', null, `@${handle}`),
  ],
});
