/** Selectors: what a user interface derives from the state. Pure functions; nothing is cached. */

import { peerOfUnstarted, unsentMessages, unstartedConversations } from './unstarted.js';

/** @import {Conversation, OutboxEntry, Head, LoggedMessage, Receipt, State} from '../types.js' */
/** @typedef {'waiting' | 'sending' | 'failed' | 'sent' | 'delivered' | 'read'} MessageStatus */

/**
 * The conversations of the list: pinned ones first, then by last activity, newest first. Those that
 * wait for their first message to be sent are the newest.
 * @param {State} state
 * @returns {Conversation[]}
 */
export function sortedConversations(state) {
  const order = (/** @type {Conversation} */ one, /** @type {Conversation} */ other) =>
    Number(other.head.pinned) - Number(one.head.pinned) ||
    // Without a message the time of creation counts, which a UUIDv7 contains.
    compare(activityTime(other), activityTime(one)) ||
    compare(other.head.conversation, one.head.conversation);
  const joined = [...state.conversations.values()].filter(({ left }) => !left);
  return [...joined, ...unstartedConversations(state)].sort(order);
}

/**
 * Time of the last message, or of the creation.
 * @param {Conversation} conversation
 * @returns {number} milliseconds since 1970
 */
function activityTime(conversation) {
  if (peerOfUnstarted(conversation.head.conversation)) return Infinity;
  const at = Date.parse(conversation.head.last?.at ?? '');
  if (at) return at;
  // The first 48 bits of a UUIDv7 (RFC 9562) are its time.
  const createdAt = Number.parseInt(
    conversation.head.conversation.replaceAll('-', '').slice(0, 12),
    16,
  );
  return Number.isNaN(createdAt) ? 0 : createdAt;
}

/** @param {number | string} one @param {number | string} other */
const compare = (one, other) => (one < other ? -1 : Number(one > other));

/** @param {Conversation} conversation @param {number} now milliseconds */
export const isMuted = ({ head }, now) =>
  Boolean(head.muted_until) && Date.parse(String(head.muted_until)) > now;

/** Whether a conversation has unread messages or is marked as unread. @param {Head} head */
export const isUnread = ({ unread, marked_unread }) => unread > 0 || Boolean(marked_unread);

/**
 * Number of unread messages for the window title; in muted conversations only mentions count. The
 * mark "unread" is a reminder in the list and does not count.
 * @param {State} state
 * @param {number} now milliseconds
 * @returns {number}
 */
export function unreadTotal(state, now) {
  return sortedConversations(state).reduce(
    (total, c) => total + (isMuted(c, now) ? c.head.mentions : c.head.unread),
    0,
  );
}

/** @type {Readonly<Pick<Receipt, 'received' | 'read'>>} */
const NO_RECEIPT = { received: 0, read: 0 };

/**
 * The received and read marks that all other members have reached.
 * @param {Conversation} conversation
 * @param {string} me id of this user
 * @returns {{received: number, read: number}} zeros while a member's mark is unknown
 */
export function lowestReceipts({ head, receipts, members, membersComplete }, me) {
  if (!receipts.size) return NO_RECEIPT;
  const others = membersComplete && members ? members.filter(({ user }) => user !== me) : null;
  if (!others && receipts.size < head.members - 1) return NO_RECEIPT;
  // Marks of people who have left do not count.
  const all = others
    ? others.map(({ user }) => receipts.get(user) ?? NO_RECEIPT)
    : [...receipts.values()];
  if (!all.length) return NO_RECEIPT;
  return {
    received: Math.min(...all.map((mark) => mark.received)),
    read: Math.min(...all.map((mark) => mark.read)),
  };
}

/**
 * Whom a message has reached, of those who were members when it was sent and still are. Its author
 * is left out. A message is `read` or `delivered` in `messageStatus` if all are listed so here.
 * @param {Conversation} conversation
 * @param {LoggedMessage} message
 * @returns {{read: string[], received: string[], waiting: string[], total: number}} user ids;
 *   `total` is 0 while the marks are unknown
 */
export function seenBy({ members, receipts }, message) {
  /** @type {{read: string[], received: string[], waiting: string[], total: number}} */
  const result = { read: [], received: [], waiting: [], total: 0 };
  if (!receipts.size) return result;
  for (const { user, joined_at } of members ?? []) {
    if (user === message.by || Date.parse(joined_at) > message.time) continue;
    const { received, read } = receipts.get(user) ?? NO_RECEIPT;
    result.total += 1;
    if (read >= message.seq) result.read.push(user);
    else (received >= message.seq ? result.received : result.waiting).push(user);
  }
  return result;
}

/**
 * The messages to show: those that were loaded, or what the device has kept until they are.
 * @param {Conversation} conversation
 */
export const shownLog = ({ log, keptLog }) => (log.loaded ? log : (keptLog ?? log));

/**
 * The delivery status of an own message. It stays `sent` while the marks of all members are not
 * known.
 * @param {LoggedMessage | OutboxEntry} message
 * @param {{received: number, read: number}} lowest from `lowestReceipts`
 * @returns {MessageStatus}
 */
export function messageStatus(message, lowest) {
  if ('status' in message) return message.status;
  if (message.seq <= lowest.read) return 'read';
  return message.seq <= lowest.received ? 'delivered' : 'sent';
}

/**
 * The unsent messages of a conversation, without those that are in the log already.
 * @param {State} state
 * @param {string} id
 * @returns {OutboxEntry[]} oldest first
 */
export function pendingMessages(state, id) {
  const entries = unsentMessages(state, id);
  const log = entries.length ? state.conversations.get(id)?.log : undefined;
  if (!log) return entries;
  // A message that was just acknowledged is among the newest in the log.
  const recent = new Set(
    log.messages
      .slice(-200)
      .filter((m) => m.by === state.me?.id)
      .map((m) => m.key),
  );
  return entries.filter((entry) => !recent.has(entry.key));
}

/**
 * The other users who are typing in a conversation.
 * @param {State} state
 * @param {string} id
 * @returns {string[]} user ids
 */
export const typingUsers = (state, id) =>
  [...(state.typing.get(id)?.keys() ?? [])].filter((user) => user !== state.me?.id);

/**
 * Whether this user may change the title and the members of a group.
 * @param {Conversation} conversation
 */
export const canManage = ({ head, left }) =>
  !left && head.kind === 'group' && (head.role === 'owner' || head.role === 'admin');

/**
 * The number of unread notifications. `more` means that unloaded ones may be unread as well.
 * @param {State} state
 * @returns {{count: number, more: boolean}}
 */
export function unreadNotifications(state) {
  const all = visibleNotifications(state);
  const count = all.filter((item) => !item.read).length;
  return { count, more: Boolean(state.notificationsCursor) && all.at(-1)?.read === false };
}

/**
 * The notifications to show. Groups that this user created themselves are left out.
 * @param {State} state
 */
export const visibleNotifications = (state) =>
  state.notifications.filter((item) => {
    if (item.kind !== 'joined') return true;
    const head = state.conversations.get(item.conversation ?? '')?.head;
    return head?.kind === 'group' && head.role !== 'owner';
  });
