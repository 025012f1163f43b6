/** What the user typed and did not send, as the service keeps it for all devices. Pure functions. */

/** @import {Conversation, PrivateEvent} from '../types.js' */

/**
 * The conversation after `draft.changed`.
 * @param {Conversation} conversation
 * @param {Pick<PrivateEvent, 'at' | 'data'>} event
 * @returns {Conversation}
 */
export function withDraft(conversation, { at, data: { text, reply_to } }) {
  const { draft: _, ...head } = conversation.head;
  if (text === null || (!text && reply_to === undefined)) return { ...conversation, head };
  const draft = { text, at, ...(reply_to !== undefined && { reply_to }) };
  return { ...conversation, head: { ...head, draft } };
}
