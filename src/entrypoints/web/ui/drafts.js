/**
 * Drafts: what was typed and not sent, by conversation. They survive a reload and are shared by
 * tabs.
 */

import { state } from './context.js';
import { refreshAll } from './frames.js';

const PREFIX = 'parlour.draft.';

/** Somebody else on this browser must not see them. @param {string} conversation */
const keyOf = (conversation) => `${PREFIX}${state().me?.id}.${conversation}`;

/** @param {string} conversation @returns {string} */
export const draft = (conversation) => localStorage.getItem(keyOf(conversation)) ?? '';

/** @param {string} conversation @param {string} text */
export function keepDraft(conversation, text) {
  const before = draft(conversation);
  if (text.trim()) localStorage.setItem(keyOf(conversation), text);
  else localStorage.removeItem(keyOf(conversation));
  if (Boolean(before) !== Boolean(text.trim())) refreshAll();
}

/** Drop every draft: the user logs out. */
export function dropDrafts() {
  for (const key of Object.keys(localStorage))
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}
