/** Types of the actions on a message. */

/** @import {LoggedMessage} from '../client/types.js' */
/** @import {IconName} from './icons.js' */
/**
 * An action on a message. `label` returns null where the action is not offered.
 * @typedef {object} MessageAction
 * @property {string} id
 * @property {IconName} icon
 * @property {(message: LoggedMessage) => string | null} label
 * @property {(message: LoggedMessage, anchor: HTMLElement) => void} run `anchor`: the row, or the
 *   button that was pressed
 * @property {boolean} [inBar] also in the bar beside the message
 * @property {string} [key] lower-case key that does it while the message is focused
 * @property {boolean} [onlyKey] it is not in the menu, which offers the same otherwise
 * @property {boolean} [danger]
 */

export {};
