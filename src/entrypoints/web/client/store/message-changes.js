/**
 * Edits, recalls, and messages that this user deleted for themselves: what they change in the log.
 * Applying one twice changes nothing. Pure functions.
 */

/** @import {Conversation, ConversationEvent, Log, LoggedMessage} from '../types.js' */
/** @typedef {Pick<ConversationEvent, 'by' | 'at' | 'data'>} ChangeEvent */

/**
 * The message after `message.edited`, which says its present content. An older revision changes
 * nothing.
 * @param {LoggedMessage} message
 * @param {ChangeEvent} event
 * @returns {LoggedMessage}
 */
export function withEdit(message, { data }) {
  const { kind, body, mentions, revision, edited_at, recalled } = data;
  if (recalled) return { ...recalledMessage(message, recalled), revision };
  if (revision <= message.revision) return message;
  // Not all members may see this message: whoever does asks for it.
  if (!kind) return { ...message, isContentUnknown: true };
  const next = { ...message, kind, body, mentions, revision, edited_at };
  return data.isIncomplete ? { ...next, isContentUnknown: true } : next;
}

/** @param {LoggedMessage} message @param {ChangeEvent} event @returns {LoggedMessage} */
export const withRecall = (message, { by, at }) => recalledMessage(message, { by, at });

/**
 * A recalled message: who recalled it and when, and nothing of what it was.
 * @param {LoggedMessage} message
 * @param {{by: string, at: string}} recalled
 * @returns {LoggedMessage}
 */
export function recalledMessage(message, recalled) {
  const { conversation, seq, offset, by, at, key, session, revision, time, asOf } = message;
  const kept = { conversation, seq, offset, by, at, key, session, revision, time, asOf };
  return { ...kept, kind: '', body: {}, recalled };
}

/**
 * What stays of a message that this user deleted for themselves: its place.
 * @param {LoggedMessage} message
 * @returns {LoggedMessage}
 */
export function hiddenMessage(message) {
  const { conversation, seq, offset, by, at, key, revision, time, asOf } = message;
  const kept = { conversation, seq, offset, by, at, key, revision, time, asOf };
  return { ...kept, kind: '', body: {}, hidden: true };
}

/**
 * The conversation after this user deleted messages for themselves. Which message is the last one
 * then is fetched with the head.
 * @param {Conversation} conversation
 * @param {number[]} seqs
 * @returns {Conversation}
 */
export const withHidden = (conversation, seqs) =>
  withoutDeleted({ ...conversation, hidden: new Set([...conversation.hidden, ...seqs]) });

/**
 * The conversation after this user cleared its history.
 * @param {Conversation} conversation
 * @param {number} upTo
 * @returns {Conversation}
 */
export function withCleared(conversation, upTo) {
  const { head, clearedUpTo } = conversation;
  const isAll = head.seq <= upTo;
  const next = isAll ? { ...head, last: null, unread: 0, mentions: 0 } : head;
  return withoutDeleted({
    ...conversation,
    head: next,
    clearedUpTo: Math.max(clearedUpTo, upTo),
  });
}

/** @param {Conversation} conversation @returns {Conversation} */
const withoutDeleted = (conversation) => ({
  ...conversation,
  log: withoutHidden(conversation.log, conversation),
  keptLog: conversation.keptLog && withoutHidden(conversation.keptLog, conversation),
});

/**
 * Remove what this user deleted for themselves.
 * @param {Log} log
 * @param {Pick<Conversation, 'hidden' | 'clearedUpTo'>} conversation
 * @returns {Log}
 */
export function withoutHidden(log, { hidden, clearedUpTo }) {
  if (!hidden.size && !clearedUpTo) return log;
  const isCleared = (/** @type {{seq: number}} */ { seq }) => seq <= clearedUpTo;
  const messages = log.messages
    .filter((message) => !isCleared(message))
    .map((message) => (hidden.has(message.seq) ? hiddenMessage(message) : message));
  const moreBefore = log.moreBefore && !log.messages.some(isCleared);
  return { ...log, messages, moreBefore };
}
