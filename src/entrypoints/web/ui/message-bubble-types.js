/** Types of what a message is rendered with. */

/** @import {Conversation} from '../client/types.js' */
/**
 * @typedef {object} RowContext
 * @property {Conversation} conversation
 * @property {{received: number, read: number}} reached marks that all others have reached, from
 *   `lowestReceipts`
 * @property {number} now milliseconds since 1970
 */

export {};
