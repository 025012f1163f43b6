/** Votes of a poll, and how an event changes them. Pure functions. */

/** @import {VoteSummary} from '../message-types.js' */
/** @import {ConversationEvent, LoggedMessage} from '../types.js' */

/**
 * The message after `poll.voted`, which says all counts absolutely. Only public polls say who chose
 * what, so the own choice on another device may be unknown until the message is loaded again.
 * @param {LoggedMessage} message
 * @param {Pick<ConversationEvent, 'by' | 'data'>} event
 * @param {string} me
 * @returns {LoggedMessage}
 */
export function withVotes(message, { by, data }, me) {
  const { votes: before, ...rest } = message;
  const { options } = data;
  // An own vote was acknowledged without the counts.
  const { counts, voters } = data.counts ? data : countsWith(message, options);
  if (!voters) return rest;
  /** @type {VoteSummary} */
  const votes = { counts, voters };
  if (by !== me) {
    if (before?.mine) votes.mine = before.mine;
    if (before?.isMineUnknown) votes.isMineUnknown = true;
  } else if (options === undefined) votes.isMineUnknown = true;
  else if (options.length) votes.mine = options;
  return { ...rest, votes };
}

/**
 * The result if this user chose these options now.
 * @param {LoggedMessage} message a poll
 * @param {number[]} options none: the vote is taken back
 * @returns {{counts: number[], voters: number}}
 */
export function countsWith(message, options) {
  const { counts, voters, mine = [] } = message.votes ?? { counts: [], voters: 0 };
  const result = (message.body.options ?? []).map(
    (/** @type {string} */ _, /** @type {number} */ index) =>
      (counts[index] ?? 0) - Number(mine.includes(index)) + Number(options.includes(index)),
  );
  return { counts: result, voters: voters - Number(mine.length > 0) + Number(options.length > 0) };
}
