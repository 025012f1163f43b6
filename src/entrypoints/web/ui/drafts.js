/**
 * Drafts: what was typed and not sent, by conversation. They survive a reload and are shared by
 * tabs.
 */

import { state } from './context.js';
import { localValues } from './local-values.js';
import { updateAll } from './render-queue.js';

const PREFIX = 'parlour.draft.';

/** Somebody else on this browser must not see them. @param {string} conversation */
const storageKey = (conversation) => `${PREFIX}${state().me?.id}.${conversation}`;

/** @param {string} conversation @returns {string} */
export const loadDraft = (conversation) => localValues.get(storageKey(conversation)) ?? '';

/** @param {string} conversation @param {string} text */
export function saveDraft(conversation, text) {
  const before = loadDraft(conversation);
  if (text.trim()) localValues.set(storageKey(conversation), text);
  else localValues.remove(storageKey(conversation));
  if (Boolean(before) !== Boolean(text.trim())) updateAll();
}

/**
 * Move a draft to another conversation that has none.
 * @param {string} from
 * @param {string} to
 */
export function moveDraft(from, to) {
  const text = loadDraft(from);
  if (text && !loadDraft(to)) saveDraft(to, text);
  saveDraft(from, '');
}

/** Drop every draft: the user logs out. */
export function clearDrafts() {
  for (const key of localValues.keys()) if (key.startsWith(PREFIX)) localValues.remove(key);
}
