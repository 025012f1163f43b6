/** What every part of the page shares: the client. It is set once, before the first element. */

/** @import {Client} from '../client/client.js' */
/** @import {State} from '../client/types.js' */

/** @type {Client} */
let shared;

/** @param {Client} client */
export function provide(client) {
  shared = client;
}

/** @returns {Client} */
export const client = () => shared;

/** @returns {State} */
export const state = () => shared.state;
