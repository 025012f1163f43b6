/** The run of messages of a log. Pure functions. */

/** @import {LoggedMessage} from '../types.js' */

/**
 * Find a message in the run by its seq.
 * @param {readonly LoggedMessage[]} messages ascending by seq; those that this user hid are missing
 * @param {number} seq
 * @returns {number} its index, or -1
 */
export function indexOfSeq(messages, seq) {
  let [low, high] = [0, messages.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = messages[middle].seq;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
