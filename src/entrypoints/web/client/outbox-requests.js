/**
 * Changes of messages in the outbox: edits, recalls, messages deleted for this user, forwarded ones.
 * They wait there in order with the messages that are sent. Pure functions.
 */

/** @import {OutboxEntry, QueuedRequest} from './types.js' */
/** @typedef {OutboxEntry | QueuedRequest} Entry */

/** @param {Entry} entry @returns {entry is QueuedRequest} */
export const isRequest = (entry) => 'request' in entry;

/** @param {Entry} entry */
const isUnsent = ({ status }) => status === 'waiting' || status === 'failed';

/**
 * The entries that a new change replaces: an earlier edit of the same message that was not sent.
 * @param {readonly Entry[]} entries
 * @param {QueuedRequest} added
 * @returns {Entry[]}
 */
export function replacedBy(entries, { conversation, request: { type, seq } }) {
  if (type !== 'message.edit' && type !== 'message.recall') return [];
  return entries.filter(
    (entry) =>
      isRequest(entry) &&
      isUnsent(entry) &&
      entry.conversation === conversation &&
      entry.request.seq === seq &&
      (entry.request.type === 'message.edit' || entry.request.type === type),
  );
}

/**
 * Whether both edit the same message.
 * @param {QueuedRequest} one
 * @param {QueuedRequest} other
 */
export const isEditOf = (one, other) =>
  one.request.type === 'message.edit' &&
  other.request.type === 'message.edit' &&
  one.conversation === other.conversation &&
  one.request.seq === other.request.seq;

/**
 * The fields of the frame that an entry is sent with.
 * @param {Entry} entry
 * @returns {[type: string, fields: Record<string, unknown>]}
 */
export function frameOf(entry) {
  const { conversation, key } = entry;
  if (!isRequest(entry)) {
    const { kind, body, reply_to, mentions } = entry;
    return ['message.send', { conversation, key, kind, body, reply_to, mentions }];
  }
  const { type, ...fields } = entry.request;
  if (type === 'message.forward') return [type, { ...fields, to: conversation, key }];
  return [type, { ...fields, conversation }];
}
