/**
 * Changes of messages by this user that the log does not contain yet. They are shown at once: the
 * message is shown as their events will leave it. If one is refused it is dropped, and the message
 * is as before. Pure functions.
 */

import { appliedUpTo } from './conversations.js';
import { indexOfSeq } from './log-run.js';
import { withChange } from './message-events.js';
import { ownId } from './updates.js';

/** @import {Pin} from '../message-types.js' */
/** @import {Change, Conversation, ConversationEvent, LoggedMessage, State} from '../types.js' */

/**
 * The changes of one message that wait.
 * @param {State} state
 * @param {LoggedMessage} message
 * @returns {Change[]} oldest first
 */
export const changesOf = ({ changes }, { conversation, seq }) =>
  changes.filter((change) => change.conversation === conversation && change.seq === seq);

/**
 * A message with the changes that wait.
 * @param {State} state
 * @param {LoggedMessage} message
 * @returns {LoggedMessage} the same object if there are none
 */
export function shownMessage(state, message) {
  if (!state.changes.length) return message;
  const me = ownId(state);
  return changesOf(state, message).reduce((shown, change) => {
    const count = change.emoji === undefined ? undefined : countAfter(shown, change);
    return withChange(shown, eventOf(change, me, count), me);
  }, message);
}

/**
 * The message as it is known now, with the changes that wait. What was rendered may hold an older
 * one: two clicks may come before the next frame.
 * @param {State} state
 * @param {LoggedMessage} message
 * @returns {LoggedMessage}
 */
export function presentMessage(state, message) {
  const messages = state.conversations.get(message.conversation)?.log.messages ?? [];
  return shownMessage(state, messages[indexOfSeq(messages, message.seq)] ?? message);
}

/**
 * The pinned messages of a conversation, with the changes that wait.
 * @param {State} state
 * @param {Conversation} conversation
 * @returns {Pin[]} in the order of their pinning
 */
export function shownPins(state, { head, log }) {
  const me = ownId(state);
  let pins = log.pins?.items ?? [];
  for (const change of state.changes) {
    const { type, conversation, seq, on, time } = change;
    if (type !== 'pin.set' || conversation !== head.conversation) continue;
    const known = pins.find((pin) => pin.seq === seq);
    const message = log.messages[indexOfSeq(log.messages, seq)] ?? null;
    const at = new Date(time).toISOString();
    if (on && !known) pins = [...pins, { seq, by: me, at, message }];
    else if (!on) pins = pins.filter((pin) => pin !== known);
  }
  return pins;
}

/**
 * The event of a change, with what the service answers.
 * @param {Change} change
 * @param {string} me
 * @param {number} [count] of a reaction, afterwards
 * @returns {Pick<ConversationEvent, 'kind' | 'by' | 'at' | 'data'>}
 */
export function eventOf({ type, seq, emoji, on, options, time }, me, count) {
  const shared = { by: me, at: new Date(time).toISOString() };
  switch (type) {
    case 'reaction.set':
      return { ...shared, kind: type, data: { seq, emoji, on, count } };
    case 'pin.set':
      return { ...shared, kind: type, data: { seq, on } };
    default:
      return { ...shared, kind: 'poll.voted', data: { seq, options } };
  }
}

/** @param {LoggedMessage} message @param {Change} change */
function countAfter({ reactions = [] }, { emoji, on }) {
  const { count = 0, mine = false } = reactions.find((one) => one.emoji === emoji) ?? {};
  return count + Number(on) - Number(mine);
}

/**
 * Whether the event of an acknowledged change has been applied.
 * @param {State} state
 * @param {Change} change
 */
export function isApplied(state, { conversation, offset }) {
  const known = state.conversations.get(conversation);
  return offset !== undefined && (!known || appliedUpTo(known) >= offset);
}
