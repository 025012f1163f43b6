/** Reactions to a message, and how an event changes them. Pure functions. */

/** @import {ReactionSummary} from '../message-types.js' */
/** @import {ConversationEvent, LoggedMessage} from '../types.js' */

/** A message names the people who reacted first; the others are counted. */
const MAX_USERS = 10;

/**
 * The message after `reaction.set`, which says the new count absolutely.
 * @param {LoggedMessage} message
 * @param {Pick<ConversationEvent, 'by' | 'data'>} event
 * @param {string} me
 * @returns {LoggedMessage}
 */
export function withReaction(message, { by, data: { emoji, on, count } }, me) {
  const { reactions = [], ...rest } = message;
  const known = reactions.find((one) => one.emoji === emoji);
  const users = usersAfter(known?.users ?? [], by, on);
  const mine = by === me ? on : known?.mine;
  /** @type {ReactionSummary} */
  const next = { emoji, count, users, ...(mine && { mine }) };
  const others = reactions.filter((one) => one.emoji !== emoji);
  if (!count) return others.length ? { ...rest, reactions: others } : rest;
  if (!known) return { ...rest, reactions: [...reactions, next] };
  return { ...rest, reactions: reactions.map((one) => (one === known ? next : one)) };
}

/**
 * One is appended while there are fewer than ten; one who takes back is removed, and nobody moves
 * up. Pages of the service follow the same rule.
 * @param {string[]} users
 * @param {string} by
 * @param {boolean} on
 */
function usersAfter(users, by, on) {
  if (!on) return users.filter((user) => user !== by);
  return users.includes(by) || users.length >= MAX_USERS ? users : [...users, by];
}
