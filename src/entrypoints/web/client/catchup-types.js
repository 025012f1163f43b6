/** What catching up needs. */

/** @import {Api} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {Connection} from './connection.js' */
/** @import {MessageHistory} from './history.js' */
/** @import {Frame, State} from './types.js' */
/**
 * @typedef {object} CatchupDependencies
 * @property {Api} api
 * @property {Connection} connection
 * @property {Clock} clock
 * @property {MessageHistory} history
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

export {};
