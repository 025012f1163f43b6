/** Heads: how one line of the conversation list follows the events of its log. Pure functions. */

/** @import {ConversationEvent, Head, LastMessage} from '../types.js' */

const EXCERPT_LENGTH = 140;

/**
 * The beginning of a text as one line, counted in characters as the service counts them.
 * @param {string} text
 * @returns {string}
 */
export function excerpt(text) {
  const line = [...text.slice(0, EXCERPT_LENGTH * 8)].slice(0, EXCERPT_LENGTH * 4).join('');
  return [...line.trim().replace(/\s+/gu, ' ')].slice(0, EXCERPT_LENGTH).join('');
}

/**
 * @param {Record<string, any>} data of `message.posted`
 * @param {string} me
 */
export const mentions = (data, me) =>
  (data.mentions ?? []).some((/** @type {string} */ name) => name === me || name === 'all');

/**
 * The head after the event that follows it. The caller has compared offsets.
 * @param {Head} head
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Head}
 */
export function advance(head, event, me) {
  const next = { ...head, offset: event.offset };
  switch (event.kind) {
    case 'message.posted':
      return posted(next, event, me);
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
function posted(head, event, me) {
  const { by, at, data } = event;
  const seq = /** @type {number} */ (event.seq);
  /** @type {LastMessage} */
  const last = { seq, by, at, kind: data.kind, excerpt: excerpt(String(data.body?.text ?? '')) };
  const counts = by !== me && seq > head.read;
  return {
    ...head,
    seq,
    last,
    unread: head.unread + (counts ? 1 : 0),
    mentions: head.mentions + (counts && mentions(data, me) ? 1 : 0),
  };
}

/**
 * Move the own read mark. Counts become exact where `count` knows what lies beyond it; otherwise
 * they are at most what the mark leaves room for.
 * @param {Head} head
 * @param {number} seq beyond the present mark
 * @param {{unread: number, mentions: number} | null} count of what lies beyond `seq`
 * @returns {Head}
 */
export function readUpTo(head, seq, count) {
  const bound = Math.min(head.unread, Math.max(0, head.seq - seq));
  return {
    ...head,
    read: seq,
    received: Math.max(head.received, seq),
    unread: count?.unread ?? bound,
    mentions: count?.mentions ?? Math.min(head.mentions, bound),
  };
}
