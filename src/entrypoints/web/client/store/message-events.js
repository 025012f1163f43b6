/**
 * Events that change a message of the log. Each says a state absolutely, and each message knows up to
 * which offset it is known: so events may come twice, or after a page that contains them. Pure
 * functions.
 */

import { indexOfSeq } from './log-run.js';
import { withEdit, withRecall } from './message-changes.js';
import { withPinEvent, withPinned } from './pins.js';
import { withReaction } from './reactions.js';
import { withVotes } from './votes.js';

/** @import {ConversationEvent, Log, LoggedMessage} from '../types.js' */

/**
 * @typedef {(message: LoggedMessage, event: Pick<ConversationEvent, 'by' | 'at' | 'data'>,
 *   me: string) => LoggedMessage} Change
 */

/** What each kind of event does to its message. @type {[string, Change][]} */
const BY_KIND = [
  ['message.edited', withEdit],
  ['message.recalled', withRecall],
  ['reaction.set', withReaction],
  ['pin.set', withPinned],
  ['poll.voted', withVotes],
];
const CHANGES = new Map(BY_KIND);

/**
 * The message after an event, whatever its offset. A recalled message stays as it is.
 * @param {LoggedMessage} message
 * @param {Pick<ConversationEvent, 'kind' | 'by' | 'at' | 'data'>} event
 * @param {string} me
 * @returns {LoggedMessage}
 */
export function withChange(message, event, me) {
  const change = CHANGES.get(event.kind);
  return change && !message.recalled ? change(message, event, me) : message;
}

/**
 * The log after an event that changes one of its messages, which need not be loaded.
 * @param {Log} log
 * @param {ConversationEvent} event
 * @param {string} me
 * @returns {Log}
 */
export function withMessageEvent(log, event, me) {
  const { seq } = event.data;
  const index = indexOfSeq(log.messages, seq);
  const before = log.messages[index] ?? pinnedMessage(log, seq);
  const message = before ? withLaterEvent(before, event, me) : null;
  const pins = log.pins && withPinEvent(log.pins, event, message);
  const quote = log.quoted.get(seq);
  const quoted = quote
    ? new Map(log.quoted).set(seq, withLaterEvent(quote, event, me))
    : log.quoted;
  const messages =
    index >= 0 && message !== before ? replaceAt(log.messages, index, message) : log.messages;
  return { ...log, messages, pins, quoted };
}

/** @param {LoggedMessage} message @param {ConversationEvent} event @param {string} me */
function withLaterEvent(message, event, me) {
  if (event.offset <= (message.asOf ?? 0)) return message;
  const next = withChange(message, event, me);
  return next === message ? message : { ...next, asOf: event.offset };
}

/** @param {Log} log @param {number} seq */
const pinnedMessage = ({ pins }, seq) =>
  pins?.items.find((pin) => pin.seq === seq)?.message ?? null;

/** @param {LoggedMessage[]} messages @param {number} index @param {any} message */
const replaceAt = (messages, index, message) => {
  const next = [...messages];
  next[index] = message;
  return next;
};

/**
 * Replace messages that were loaded again. Those that are not in the run are left out.
 * @param {Log} log
 * @param {LoggedMessage[]} fresh
 * @returns {Log}
 */
export function withFreshMessages(log, fresh) {
  const bySeq = new Map(fresh.map((message) => [message.seq, message]));
  const latest = (/** @type {LoggedMessage} */ known) => {
    const found = bySeq.get(known.seq);
    return found && (found.asOf ?? 0) >= (known.asOf ?? 0) ? found : known;
  };
  const items = log.pins?.items.map((pin) => ({
    ...pin,
    message: pin.message ? latest(pin.message) : (bySeq.get(pin.seq) ?? null),
  }));
  return {
    ...log,
    messages: log.messages.map(latest),
    pins: log.pins && items ? { ...log.pins, items } : log.pins,
  };
}
