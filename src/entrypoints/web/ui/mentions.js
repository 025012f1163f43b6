/** Mentions: who could be meant by what is being typed after an at sign. */

import { state } from './context.js';

/** @import {User} from '../client/types.js' */

const MOST = 6;
const TYPED = /(?:^|[\s([{,;:])@([a-z0-9._-]*)$/iu;

/**
 * The mention at the cursor.
 * @param {string} text
 * @param {number} cursor
 * @returns {{query: string, start: number} | null} `start` is the place of the at sign
 */
export function typedMention(text, cursor) {
  const match = TYPED.exec(text.slice(Math.max(0, cursor - 64), cursor));
  return match && { query: match[1].toLowerCase(), start: cursor - match[1].length - 1 };
}

/**
 * Members whose handle or a word of whose name begins so.
 * @param {string} conversation
 * @param {string} query
 * @returns {User[]}
 */
export function suggestions(conversation, query) {
  const { conversations, users, me } = state();
  const { members, head } = conversations.get(conversation) ?? {};
  if (head?.kind !== 'group') return [];
  return (members ?? [])
    .filter(({ user }) => user !== me?.id)
    .flatMap(({ user }) => users.get(user) ?? [])
    .filter(({ handle, display_name }) =>
      [handle, ...display_name.toLowerCase().split(/\s+/)].some((word) => word.startsWith(query)))
    .slice(0, MOST);
}
