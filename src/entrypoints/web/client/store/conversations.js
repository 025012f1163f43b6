/**
 * One conversation of the state: its head, its loaded log, and events held after a gap. Pure
 * functions.
 *
 * The head and the log each know the last offset applied to them. An event is applied to each of
 * them that it directly follows; otherwise it is held, and `gapAfter` returns the offset to sync
 * from.
 */

import { countAfter, emptyRecent, withChangedCounts, withRecent } from './unread-counts.js';
import { advanceHead, withReadMark } from './heads.js';
import { EMPTY_LOG, appendEvent } from './log.js';

/** @import {Conversation, ConversationEvent, Head, Member, Receipt} from '../types.js' */

/** Beyond this number, syncing is cheaper than holding events. */
const MAX_HELD_EVENTS = 500;

/** @param {Head} head @returns {Conversation} */
export const newConversation = (head) => ({
  head,
  recent: emptyRecent(head),
  countsAreBounds: false,
  log: EMPTY_LOG,
  keptLog: null,
  hidden: new Set(),
  clearedUpTo: 0,
  heldEvents: [],
  receipts: new Map(),
  members: null,
  membersComplete: false,
  left: false,
});

/**
 * Apply an event, ignore it if it is known, or hold it if it comes after a gap.
 * @param {Conversation} conversation
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Conversation}
 */
export function applyOrHold(conversation, event, me) {
  const applied = applyEvent(conversation, event, me);
  if (applied !== conversation) return applyHeld(applied, me);
  if (event.offset <= appliedUpTo(conversation)) return conversation;
  const { heldEvents } = conversation;
  if (
    heldEvents.length >= MAX_HELD_EVENTS ||
    heldEvents.some((other) => other.offset === event.offset)
  )
    return conversation;
  return {
    ...conversation,
    heldEvents: [...heldEvents, event].sort((one, other) => one.offset - other.offset),
  };
}

/** @param {Conversation} conversation @param {ConversationEvent} event @param {string} me */
function applyEvent(conversation, event, me) {
  let next = conversation;
  if (event.offset === conversation.head.offset + 1) {
    next = withChangedCounts(next, event, me);
    const head = advanceHead(next.head, event, me);
    const recent = withRecent(next.recent, event, me);
    next = { ...next, head, recent, ...memberChanges(conversation, event, me) };
  }
  if (conversation.log.loaded && event.offset === conversation.log.offset + 1) {
    next = { ...next, log: appendEvent(conversation.log, event, me) };
  }
  if (conversation.keptLog && event.offset === conversation.keptLog.offset + 1) {
    next = { ...next, keptLog: appendEvent(conversation.keptLog, event, me) };
  }
  return next;
}

/**
 * Apply held events that follow now.
 * @param {Conversation} conversation
 * @param {string} me
 */
function applyHeld(conversation, me) {
  let next = conversation;
  for (const event of conversation.heldEvents) next = applyEvent(next, event, me);
  const applied = appliedUpTo(next);
  const held = next.heldEvents.filter((event) => event.offset > applied);
  return held.length === next.heldEvents.length ? next : { ...next, heldEvents: held };
}

/**
 * The last offset applied to both the head and the messages, which may be those that were kept.
 * @param {Conversation} conversation
 */
export const appliedUpTo = ({ head, log, keptLog }) => {
  const shown = log.loaded ? log : keptLog;
  return shown ? Math.min(head.offset, shown.offset) : head.offset;
};

/**
 * The offset after which events are missing.
 * @param {Conversation} conversation
 * @returns {number | null} null if there is no gap
 */
export function gapAfter(conversation) {
  const applied = appliedUpTo(conversation);
  return conversation.heldEvents.length || applied < conversation.head.offset ? applied : null;
}

/**
 * What an event changes besides the head and the log: members and their receipts.
 * @param {Conversation} conversation
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Partial<Conversation>}
 */
function memberChanges(conversation, event, me) {
  const { user } = event.data;
  switch (event.kind) {
    case 'message.posted':
      return { receipts: withSenderReceipt(conversation.receipts, me, event.by, event.seq ?? 0) };
    case 'member.added':
      return memberAdded(conversation, event);
    case 'member.removed': {
      const receipts = new Map(conversation.receipts);
      receipts.delete(user);
      const members = conversation.members?.filter((member) => member.user !== user) ?? null;
      return { receipts, members, left: conversation.left || user === me };
    }
    case 'member.changed': {
      const { role } = event.data;
      const members =
        conversation.members?.map((m) => (m.user === user ? { ...m, role } : m)) ?? null;
      return { members };
    }
    default:
      return {};
  }
}

/**
 * A new member counts as having read all earlier messages, which they cannot see.
 * @param {Conversation} conversation
 * @param {ConversationEvent} event
 * @returns {Partial<Conversation>}
 */
function memberAdded({ receipts, members, head }, event) {
  const { user, role } = event.data;
  const member = { user, role, handle: '', display_name: '', joined_at: event.at };
  return {
    receipts: new Map(receipts).set(user, { received: head.seq, read: head.seq }),
    members: members && [...members.filter((other) => other.user !== user), member],
  };
}

/**
 * The sender of a message has received it.
 * @param {Conversation['receipts']} receipts
 * @param {string} me
 * @param {string} by
 * @param {number} seq
 */
function withSenderReceipt(receipts, me, by, seq) {
  if (by === me) return receipts;
  const { received, read } = receipts.get(by) ?? { received: 0, read: 0 };
  return new Map(receipts).set(by, { received: Math.max(received, seq), read });
}

/**
 * Merge received and read marks of other members; a mark never moves back.
 * @param {Conversation} conversation
 * @param {Partial<Receipt>[]} changes
 * @param {string} me own user id; own marks are in the head
 * @returns {Conversation}
 */
export function withReceipts(conversation, changes, me) {
  const receipts = new Map(conversation.receipts);
  for (const { user, received = 0, read = 0 } of changes) {
    if (!user || user === me) continue;
    const known = receipts.get(user) ?? { received: 0, read: 0 };
    const highestRead = Math.max(known.read, read);
    const highestReceived = Math.max(known.received, received, highestRead);
    receipts.set(user, { received: highestReceived, read: highestRead });
  }
  return { ...conversation, receipts };
}

/**
 * Take a head from the service. Events advance the head with the higher offset; settings and marks
 * can change without an event, so they are taken from the new head. The own read mark never moves
 * back.
 * @param {Conversation | undefined} conversation
 * @param {Head} head
 * @param {string} me
 * @returns {Conversation}
 */
export function withHead(conversation, head, me) {
  if (!conversation || conversation.left) return newConversation(head);
  const known = conversation.head;
  if (head.offset < known.offset) {
    const { muted_until, pinned, marked_unread, draft } = head;
    const settled = { ...known, muted_until, pinned, marked_unread, draft };
    return withOwnRead({ ...conversation, head: settled }, head.read, me);
  }
  const next = applyHeld(
    { ...conversation, head, recent: emptyRecent(head), countsAreBounds: false },
    me,
  );
  return withOwnRead(next, known.read, me);
}

/**
 * Move the own read mark and recompute the unread counts.
 * @param {Conversation} conversation
 * @param {number} seq
 * @param {string} me
 * @returns {Conversation}
 */
export function withOwnRead(conversation, seq, me) {
  if (seq <= conversation.head.read) return conversation;
  const count = countAfter(conversation.recent, conversation.log, seq, me);
  return {
    ...conversation,
    head: withReadMark(conversation.head, seq, count),
    countsAreBounds: count === null,
  };
}

/**
 * Add a page of members.
 * @param {Conversation} conversation
 * @param {Member[]} page
 * @param {boolean} fresh true for the first page: it replaces the known members
 * @param {boolean} complete true for the last page
 * @returns {Conversation}
 */
export function withMembers(conversation, page, fresh, complete) {
  const known = fresh ? [] : (conversation.members ?? []);
  const listed = new Set(page.map((member) => member.user));
  const members = [...known.filter((member) => !listed.has(member.user)), ...page];
  return { ...conversation, members, membersComplete: complete };
}
