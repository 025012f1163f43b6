/**
 * Messages that others quote. Those outside of the loaded run are kept beside it; events change them
 * like those of the run. Pure functions.
 */

import { indexOfSeq } from './log-run.js';
import { shownLog } from './selectors.js';

/** @import {Conversation, LoggedMessage} from '../types.js' */

/** More than this are not needed for what is on a screen. */
const MAX_FETCHED = 50;

/**
 * A message that is quoted.
 * @param {Conversation} conversation
 * @param {number} seq
 * @returns {LoggedMessage | null | undefined} null: it does not exist for this user; undefined: not
 *   loaded
 */
export function quotedMessage(conversation, seq) {
  if (seq <= conversation.clearedUpTo || conversation.hidden.has(seq)) return null;
  const { messages, quoted } = shownLog(conversation);
  return messages[indexOfSeq(messages, seq)] ?? quoted.get(seq);
}

/**
 * The quoted messages that have to be fetched.
 * @param {Conversation} conversation
 * @returns {number[]} at most 50 seqs, those of the newest replies first
 */
export function missingQuotes(conversation) {
  /** @type {Set<number>} */
  const missing = new Set();
  const { messages } = conversation.log;
  for (let index = messages.length - 1; index >= 0 && missing.size < MAX_FETCHED; index--) {
    const { reply_to } = messages[index];
    if (reply_to && quotedMessage(conversation, reply_to) === undefined) missing.add(reply_to);
  }
  return [...missing];
}
