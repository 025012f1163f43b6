/** The client that all components share. It is set once, before the first component is created. */

/** @import {Client} from '../client/client.js' */
/** @import {State} from '../client/types.js' */

/** @type {Client} */
let sharedClient;

/** @param {Client} client */
export function setClient(client) {
  sharedClient = client;
}

/** @returns {Client} */
export const client = () => sharedClient;

/** @returns {State} */
export const state = () => sharedClient.state;
