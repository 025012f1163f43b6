/** The messages that this device has kept of a conversation, until some are loaded. Pure functions. */

import { EMPTY_LOG } from './log.js';
import { updateConversation } from './updates.js';
import { withUsers } from './users.js';

/** @import {KeptLog, State} from '../types.js' */

/**
 * Show kept messages until some are loaded. Users whom the service has told stay as they are.
 * @param {State} state
 * @param {KeptLog} kept
 * @returns {State}
 */
export function withKeptLog(state, kept) {
  const { conversation, messages, systemMessages, users } = kept;
  const offset = kept.offset ?? messages[messages.length - 1].offset;
  const unknown = users.filter(({ id }) => !state.users.has(id));
  const next = withUsers(
    state,
    unknown.map((user) => ({ ...user, isKept: true })),
  );
  const keptLog = { ...EMPTY_LOG, loaded: true, offset, messages, systemMessages };
  return updateConversation(next, conversation, (c) => ({ ...c, keptLog }));
}
