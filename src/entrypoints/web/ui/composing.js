/** What a composer is used for besides a new message: a reply, or an edit. By conversation. */

import { state } from './context.js';
import { updateAll } from './render-queue.js';

/** @import {LoggedMessage} from '../client/types.js' */
/**
 * @typedef {{kind: 'reply', seq: number}} Reply
 * @typedef {{kind: 'edit', seq: number, revision: number, before: string, text: string}} Edit
 *   `revision` of the message that is edited, its text `before`, and the `text` typed so far
 */

/** @type {Map<string, Reply | Edit>} */
const composed = new Map();

/** Somebody else may log in on the same page. @param {string} conversation */
const keyOf = (conversation) => `${state().me?.id} ${conversation}`;

/** @param {string} conversation @returns {Reply | Edit | null} the same object until it changes */
export const composing = (conversation) => composed.get(keyOf(conversation)) ?? null;

/** @param {string} conversation @param {Reply | Edit} next */
function compose(conversation, next) {
  composed.set(keyOf(conversation), next);
  updateAll();
}

/** Write a reply to a message. @param {Pick<LoggedMessage, 'conversation' | 'seq'>} message */
export const startReply = ({ conversation, seq }) => compose(conversation, { kind: 'reply', seq });

/** Edit a message. @param {LoggedMessage} message */
export function startEdit({ conversation, seq, revision, body }) {
  const before = String(body.text ?? '');
  compose(conversation, { kind: 'edit', seq, revision, before, text: before });
}

/**
 * Remember what was typed in an edit, so that it is there after a visit to another conversation.
 * @param {string} conversation
 * @param {string} text
 */
export function keepEditedText(conversation, text) {
  const known = composing(conversation);
  if (known?.kind === 'edit') composed.set(keyOf(conversation), { ...known, text });
}

/** Go back to a new message. @param {string} conversation */
export function stopComposing(conversation) {
  if (composed.delete(keyOf(conversation))) updateAll();
}
