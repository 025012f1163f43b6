/**
 * Conversation heads (the lines of the conversation list), and how events change them. Pure
 * functions.
 */

import { plainText } from '../markup/plain-text.js';
import { cutText } from '../text.js';
import { shownText } from './shown-text.js';

/** @import {ConversationEvent, Head, LastMessage} from '../types.js' */

const EXCERPT_LENGTH = 140;

/**
 * The first 140 code points of what is shown of a message, on one line and without marks. It never
 * cuts a character as it is seen apart.
 * @param {string} kind
 * @param {Record<string, any> | undefined} body
 * @returns {string}
 */
export function excerpt(kind, body) {
  const start = shownText(kind, body)
    .trimStart()
    .slice(0, EXCERPT_LENGTH * 8);
  const beginning = cutText(start, EXCERPT_LENGTH * 4);
  const line = (kind === 'text' ? plainText(beginning) : beginning).replace(/\s+/gu, ' ');
  return cutText(line.trimStart(), EXCERPT_LENGTH).trimEnd();
}

/**
 * Whether a message mentions a user, by id or with `all`.
 * @param {Record<string, any>} data of `message.posted`
 * @param {string} me
 */
export const mentionsUser = (data, me) =>
  (data.mentions ?? []).some((/** @type {string} */ name) => name === me || name === 'all');

/**
 * The head after the next event. The caller has checked the offset.
 * @param {Head} head
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Head}
 */
export function advanceHead(head, event, me) {
  const next = { ...head, offset: event.offset };
  switch (event.kind) {
    case 'message.posted':
      return withPosted(next, event, me);
    case 'message.edited':
    case 'message.recalled':
      return withChangedLast(next, event);
    case 'conversation.changed':
      return { ...next, title: event.data.title ?? head.title };
    case 'member.added':
      return { ...next, members: head.members + 1 };
    case 'member.removed':
      return { ...next, members: Math.max(0, head.members - 1) };
    case 'member.changed':
      return event.data.user === me ? { ...next, role: event.data.role } : next;
    default:
      return next;
  }
}

/**
 * @param {Head} head
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Head}
 */
function withPosted(head, event, me) {
  const { by, at, data } = event;
  const seq = /** @type {number} */ (event.seq);
  /** @type {LastMessage} */
  const last = { seq, by, at, ...lastContent(data) };
  const counts = by !== me && seq > head.read && !data.recalled;
  return {
    ...head,
    seq,
    last,
    unread: head.unread + (counts ? 1 : 0),
    mentions: head.mentions + (counts && mentionsUser(data, me) ? 1 : 0),
  };
}

/**
 * What the list shows of a message, which may be recalled.
 * @param {Record<string, any>} data of the event that posted or edited it
 * @returns {Pick<LastMessage, 'kind' | 'excerpt' | 'recalled'>}
 */
const lastContent = ({ kind, body, recalled }) =>
  recalled ? { kind: '', excerpt: '', recalled: true } : { kind, excerpt: excerpt(kind, body) };

/**
 * The head after its last message was edited or recalled.
 * @param {Head} head
 * @param {ConversationEvent} event
 * @returns {Head}
 */
function withChangedLast(head, { kind, data }) {
  const { last } = head;
  if (!last || last.seq !== data.seq || last.recalled) return head;
  const isSaid = kind === 'message.recalled' || data.recalled || data.kind;
  if (!isSaid) return head; // it comes when the message is loaded again
  const content = lastContent(kind === 'message.recalled' ? { recalled: true } : data);
  return { ...head, last: { ...last, ...content } };
}

/**
 * Move the own read mark. Unread counts become exact if *count* is known; otherwise they are upper
 * bounds.
 * @param {Head} head
 * @param {number} seq greater than the current mark
 * @param {{unread: number, mentions: number} | null} count unread messages after `seq`, or null if
 *   not all of them are loaded
 * @returns {Head}
 */
export function withReadMark(head, seq, count) {
  const bound = Math.min(head.unread, Math.max(0, head.seq - seq));
  return {
    ...head,
    read: seq,
    received: Math.max(head.received, seq),
    unread: count?.unread ?? bound,
    mentions: count?.mentions ?? Math.min(head.mentions, bound),
  };
}
