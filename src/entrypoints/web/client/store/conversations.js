/**
 * One conversation in the store: its head, its loaded log, and events that came before their turn.
 *
 * The head and the log each know the last event applied to them. An event is applied to whichever
 * it follows; where it follows neither, it is held, and `hole` says from where to ask.
 */

import { countBeyond, noted, since } from './counting.js';
import { advance, readUpTo } from './heads.js';
import { EMPTY, extend } from './log.js';

/** @import {Conversation, ConversationEvent, Head, Member, Receipt} from '../types.js' */

/** Beyond this, asking the service is cheaper than holding. */
const MOST_HELD = 500;

/** @param {Head} head @returns {Conversation} */
export const begin = (head) => ({
  head,
  recent: since(head),
  vague: false,
  log: EMPTY,
  held: [],
  marks: new Map(),
  members: null,
  membersComplete: false,
  left: false,
});

/**
 * Offer an event: apply it, ignore it as known, or hold it.
 * @param {Conversation} conversation
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Conversation}
 */
export function offer(conversation, event, me) {
  const applied = apply(conversation, event, me);
  if (applied !== conversation) return release(applied, me);
  if (event.offset <= position(conversation)) return conversation;
  const { held } = conversation;
  if (held.length >= MOST_HELD || held.some((other) => other.offset === event.offset))
    return conversation;
  return {
    ...conversation,
    held: [...held, event].sort((one, other) => one.offset - other.offset),
  };
}

/** @param {Conversation} conversation @param {ConversationEvent} event @param {string} me */
function apply(conversation, event, me) {
  let next = conversation;
  if (event.offset === conversation.head.offset + 1) {
    const head = advance(conversation.head, event, me);
    const recent = noted(conversation.recent, event, me);
    next = { ...next, head, recent, ...people(conversation, event, me) };
  }
  if (conversation.log.loaded && event.offset === conversation.log.offset + 1) {
    next = { ...next, log: extend(conversation.log, event) };
  }
  return next;
}

/**
 * Apply what was held, as far as it follows now.
 * @param {Conversation} conversation
 * @param {string} me
 */
function release(conversation, me) {
  let next = conversation;
  for (const event of conversation.held) next = apply(next, event, me);
  const reached = position(next);
  const held = next.held.filter((event) => event.offset > reached);
  return held.length === next.held.length ? next : { ...next, held };
}

/** The last event applied everywhere. @param {Conversation} conversation */
const position = ({ head, log }) => (log.loaded ? Math.min(head.offset, log.offset) : head.offset);

/**
 * The offset after which events are missing.
 * @param {Conversation} conversation
 * @returns {number | null} null where nothing is missing
 */
export function hole(conversation) {
  const reached = position(conversation);
  const behind = conversation.log.loaded && conversation.log.offset < conversation.head.offset;
  return conversation.held.length || behind ? reached : null;
}

/**
 * What an event changes besides the head: who is there, and up to where they have read.
 * @param {Conversation} conversation
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Partial<Conversation>}
 */
function people(conversation, event, me) {
  const { user } = event.data;
  switch (event.kind) {
    case 'message.posted':
      return { marks: withMark(conversation.marks, me, event.by, event.seq ?? 0) };
    case 'member.added':
      return added(conversation, event);
    case 'member.removed': {
      const marks = new Map(conversation.marks);
      marks.delete(user);
      const members = conversation.members?.filter((member) => member.user !== user) ?? null;
      return { marks, members, left: conversation.left || user === me };
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
 * A newcomer counts as having read what was said before: it is not theirs to read.
 * @param {Conversation} conversation
 * @param {ConversationEvent} event
 * @returns {Partial<Conversation>}
 */
function added({ marks, members, head }, event) {
  const { user, role } = event.data;
  const member = { user, role, handle: '', display_name: '', joined_at: event.at };
  return {
    marks: new Map(marks).set(user, { received: head.seq, read: head.seq }),
    members: members && [...members.filter((other) => other.user !== user), member],
  };
}

/**
 * Who writes has received and read what stood before.
 * @param {Conversation['marks']} marks
 * @param {string} me
 * @param {string} by
 * @param {number} seq
 */
function withMark(marks, me, by, seq) {
  if (by === me) return marks;
  const { received, read } = marks.get(by) ?? { received: 0, read: 0 };
  return new Map(marks).set(by, { received: Math.max(received, seq), read });
}

/**
 * Take watermarks of other members; they never move back.
 * @param {Conversation} conversation
 * @param {Partial<Receipt>[]} receipts
 * @param {string} me
 * @returns {Conversation}
 */
export function withReceipts(conversation, receipts, me) {
  const marks = new Map(conversation.marks);
  for (const { user, received = 0, read = 0 } of receipts) {
    if (!user || user === me) continue;
    const known = marks.get(user) ?? { received: 0, read: 0 };
    const seen = Math.max(known.read, read);
    marks.set(user, { received: Math.max(known.received, received, seen), read: seen });
  }
  return { ...conversation, marks };
}

/**
 * Take a head from the service. Of two, the one with the higher offset knows more; marks and
 * settings move without an event, so they are taken from it in any case, except that an own read
 * mark never moves back.
 * @param {Conversation | undefined} conversation
 * @param {Head} head
 * @param {string} me
 * @returns {Conversation}
 */
export function withHead(conversation, head, me) {
  if (!conversation || conversation.left) return begin(head);
  const known = conversation.head;
  if (head.offset < known.offset) {
    const { muted_until, pinned, marked_unread } = head;
    const settled = { ...known, muted_until, pinned, marked_unread };
    return withRead({ ...conversation, head: settled }, head.read, me);
  }
  const next = release({ ...conversation, head, recent: since(head), vague: false }, me);
  return withRead(next, known.read, me);
}

/**
 * Move the own read mark.
 * @param {Conversation} conversation
 * @param {number} seq
 * @param {string} me
 * @returns {Conversation}
 */
export function withRead(conversation, seq, me) {
  if (seq <= conversation.head.read) return conversation;
  const count = countBeyond(conversation.recent, conversation.log, seq, me);
  return { ...conversation, head: readUpTo(conversation.head, seq, count), vague: count === null };
}

/**
 * Take a page of members, or all of them when `fresh`.
 * @param {Conversation} conversation
 * @param {Member[]} page
 * @param {boolean} fresh
 * @param {boolean} complete
 * @returns {Conversation}
 */
export function withMembers(conversation, page, fresh, complete) {
  const known = fresh ? [] : (conversation.members ?? []);
  const listed = new Set(page.map((member) => member.user));
  const members = [...known.filter((member) => !listed.has(member.user)), ...page];
  return { ...conversation, members, membersComplete: complete };
}
