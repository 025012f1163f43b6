/**
 * Changes of messages in the outbox: they are shown at once, and applied to the log once they are
 * acknowledged. Pure functions.
 */

import { hiddenMessage, withCleared, withHidden } from './message-changes.js';
import { updateConversation } from './updates.js';

/** @import {ChangeRequest, ConversationEvent, Frame, Log, LoggedMessage, QueuedRequest, State} from '../types.js' */

/**
 * The event of an acknowledged change in the log of its conversation.
 * @param {Frame} frame `request-done`
 * @param {string} by this user
 * @returns {ConversationEvent | null} null for a change of other things
 */
export function eventOfRequest({ entry, answer, at }, by) {
  const { conversation, request } = /** @type {QueuedRequest} */ (entry);
  const { type, seq, body } = request;
  const { offset, revision } = answer;
  const shared = { conversation, offset, by, at };
  if (type === 'message.recall') return { ...shared, kind: 'message.recalled', data: { seq } };
  if (type !== 'message.edit') return null;
  // The service alone knows whom a text mentions, and tells it in the message.
  const isIncomplete = String(body?.text ?? '').includes('@');
  const data = { seq, kind: 'text', body, revision, edited_at: at, isIncomplete };
  return { ...shared, kind: 'message.edited', data };
}

/**
 * The state after this user's messages were deleted for themselves.
 * @param {State} state
 * @param {QueuedRequest} entry
 * @returns {State}
 */
export const withDeleted = (state, { conversation, request: { type, seqs = [], up_to = 0 } }) =>
  updateConversation(state, conversation, (c) => {
    if (type === 'message.hide') return withHidden(c, seqs);
    return type === 'history.clear' ? withCleared(c, up_to) : c;
  });

/**
 * The changes of one conversation that wait.
 * @param {State} state
 * @param {string} conversation
 * @returns {QueuedRequest[]} oldest first
 */
export const requestsIn = ({ requests }, conversation) =>
  requests.filter((entry) => entry.conversation === conversation);

/**
 * The change of one message that waits.
 * @param {State} state
 * @param {Pick<LoggedMessage, 'conversation' | 'seq'>} message
 * @param {'message.edit' | 'message.recall'} type
 * @returns {QueuedRequest | undefined} the newest
 */
export const requestFor = (state, { conversation, seq }, type) =>
  requestsIn(state, conversation).findLast(
    ({ request }) => request.type === type && request.seq === seq,
  );

/**
 * Whether this user is recalling a message: it waits to be sent, and may still be undone.
 * @param {State} state
 * @param {Pick<LoggedMessage, 'conversation' | 'seq'>} message
 */
export function isRecalling(state, message) {
  const status = requestFor(state, message, 'message.recall')?.status;
  return status === 'waiting' || status === 'sending';
}

/** A message with the edit that was put into it. @type {WeakMap<ChangeRequest, LoggedMessage>} */
const edited = new WeakMap();

/**
 * A log as it will be after the changes that wait. Recalled messages stay in it, as they can be
 * undone: whether one waits is told by `requestFor`.
 * @param {Log} log
 * @param {readonly QueuedRequest[]} requests
 * @returns {Log} the same object if nothing changes
 */
export function withRequests(log, requests) {
  if (!requests.length) return log;
  const edits = new Map();
  const deleted = new Set();
  let clearedUpTo = 0;
  for (const { request, status } of requests) {
    if (status === 'failed' && request.type !== 'message.edit') continue;
    if (request.type === 'message.edit') edits.set(request.seq, request);
    if (request.type === 'message.hide') for (const seq of request.seqs ?? []) deleted.add(seq);
    if (request.type === 'history.clear') clearedUpTo = Math.max(clearedUpTo, request.up_to ?? 0);
  }
  const messages = log.messages
    .filter(({ seq }) => seq > clearedUpTo)
    .map((message) => {
      if (deleted.has(message.seq)) return hiddenMessage(message);
      const edit = edits.get(message.seq);
      return edit && !message.recalled ? withQueuedEdit(message, edit) : message;
    });
  return { ...log, messages, moreBefore: log.moreBefore && !clearedUpTo };
}

/** @param {LoggedMessage} message @param {ChangeRequest} request */
function withQueuedEdit(message, request) {
  const known = edited.get(request);
  if (known && known.asOf === message.asOf) return known;
  /** @type {LoggedMessage} */
  const next = { ...message, body: request.body ?? {} };
  edited.set(request, next);
  return next;
}
