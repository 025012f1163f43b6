/** Messages and pins of a conversation as they were loaded. Pure functions. */

import { withPage, withTime } from './log.js';
import { withoutHidden } from './message-changes.js';
import { withFreshMessages } from './message-events.js';
import { withPins } from './pins.js';
import { updateConversation } from './updates.js';

/** @import {Message, Pin} from '../message-types.js' */
/** @import {Frame, Log, State} from '../types.js' */

/**
 * Add a page of messages, which replaces the kept ones.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export const withLoadedPage = (state, { conversation, page }) =>
  updateConversation(state, conversation, (c) => ({
    ...c,
    log: withoutHidden(withPage(c.log, page), c),
    keptLog: null,
  }));

/**
 * Add the list of pinned messages, which the service lists newest first.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export const withLoadedPins = (state, { conversation, pins, as_of: asOf }) =>
  updateLog(state, conversation, (log) => {
    const items = pins
      .toReversed()
      .map((/** @type {Pin & {message: Message}} */ { by, at, message }) => ({
        ...{ seq: message.seq, by, at },
        message: withTime(message, asOf),
      }));
    return withPins(log, { asOf, items });
  });

const MAX_SEQS = 50;

/**
 * Messages to load again: pinned ones that are not loaded, polls with an unknown own vote, and
 * edited messages of which not all is known.
 * @param {Log | undefined} log
 * @returns {number[]} seqs, at most 50
 */
export function incompleteMessages(log) {
  const pinned = log?.pins?.items.filter(({ message }) => !message) ?? [];
  const unknown =
    log?.messages.filter((message) => message.votes?.isMineUnknown || message.isContentUnknown) ??
    [];
  return [...new Set([...pinned, ...unknown].map(({ seq }) => seq))].slice(0, MAX_SEQS);
}

/**
 * Replace messages of the log by those that were loaded again. Those that are missing in the answer
 * are none that this user may see.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export const withLoadedMessages = (state, { conversation, seqs = [], messages, as_of: asOf }) =>
  updateLog(state, conversation, (log) => {
    const fresh = messages.map((/** @type {Message} */ message) => withTime(message, asOf));
    const next = withFreshMessages(log, fresh);
    const isShown = (/** @type {Pin} */ { seq, message }) => message || !seqs.includes(seq);
    const pins = next.pins && { ...next.pins, items: next.pins.items.filter(isShown) };
    return { ...next, pins, offset: Math.min(log.offset, asOf) };
  });

/**
 * Add messages that others quote. What was asked for and is not among them does not exist for this
 * user. Events that came while they were on their way are fetched again.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export const withLoadedQuotes = (state, { conversation, seqs, messages, as_of: asOf }) =>
  updateLog(state, conversation, (log) => {
    const quoted = new Map(log.quoted);
    for (const seq of seqs) quoted.set(seq, null);
    for (const message of messages) quoted.set(message.seq, withTime(message, asOf));
    return { ...log, quoted, offset: Math.min(log.offset, asOf) };
  });

/** @param {State} state @param {string} id @param {(log: Log) => Log} update @returns {State} */
const updateLog = (state, id, update) =>
  updateConversation(state, id, (c) => (c.log.loaded ? { ...c, log: update(c.log) } : c));
