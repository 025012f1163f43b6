/** Pinned messages, and how events change them. Pure functions. */

/** @import {Pin, Pins} from '../message-types.js' */
/** @import {ConversationEvent, Log, LoggedMessage} from '../types.js' */

/**
 * The message after `pin.set`.
 * @param {LoggedMessage} message
 * @param {Pick<ConversationEvent, 'data'>} event
 * @returns {LoggedMessage}
 */
export function withPinned(message, { data: { on } }) {
  const { pinned: _, ...rest } = message;
  return on ? { ...rest, pinned: true } : rest;
}

/**
 * The list of pinned messages after an event that changes a message.
 * @param {Pins} pins
 * @param {ConversationEvent} event
 * @param {LoggedMessage | null} message that message as it is now, if it is loaded
 * @returns {Pins}
 */
export function withPinEvent(pins, { kind, offset, by, at, data }, message) {
  if (offset <= pins.asOf) return pins;
  const known = pins.items.find(({ seq }) => seq === data.seq);
  const others = pins.items.filter((pin) => pin !== known);
  if (message?.recalled || (kind === 'pin.set' && !data.on))
    return known ? { asOf: offset, items: others } : pins;
  if (kind === 'pin.set' && !known)
    return { asOf: offset, items: [...others, { seq: data.seq, by, at, message }] };
  if (!known || !message) return pins;
  /** @type {Pin} */
  const next = { ...known, message };
  return { asOf: offset, items: pins.items.map((pin) => (pin === known ? next : pin)) };
}

/**
 * Add the list of pinned messages. Events that came while it was on its way are fetched again.
 * @param {Log} log
 * @param {Pins} pins
 * @returns {Log}
 */
export const withPins = (log, pins) =>
  log.loaded ? { ...log, pins, offset: Math.min(log.offset, pins.asOf) } : log;
