/**
 * Messages that others quote. Those outside of the loaded run are kept beside it; events change them
 * like those of the run. Pure functions.
 */

import { indexOfSeq } from './log.js';
import { shownLog } from './selectors.js';

/** @import {Conversation, LoggedMessage} from '../types.js' */

/**
 * A message that is quoted.
 * @param {Conversation} conversation
 * @param {number} seq
 * @returns {LoggedMessage | null | undefined} null: it does not exist for this user; undefined: not
 *   loaded
 */
export function quotedMessage(conversation, seq) {
  const { messages } = shownLog(conversation);
  return messages[indexOfSeq(messages, seq)];
}
