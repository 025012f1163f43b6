/** The parts of a client, each with one task. They share the connection, the storage and the state. */

import { Activity } from './activity.js';
import { Catchup } from './catchup.js';
import { Changes } from './changes.js';
import { Conversations } from './conversations.js';
import { Drafts } from './drafts.js';
import { MessageHistory } from './history.js';
import { Notifications } from './notifications.js';
import { Outbox } from './outbox.js';
import { UserDirectory } from './user-directory.js';
import { WebPush } from './web-push.js';

/** @import {Api} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {Connection} from './connection.js' */
/** @import {PushPlatform} from './push-platform.js' */
/** @import {Tabs} from './tabs.js' */
/** @import {Frame, State} from './types.js' */
/**
 * @typedef {object} Shared
 * @property {Api} api
 * @property {Connection} connection
 * @property {ClientStorage} storage
 * @property {Tabs} tabs
 * @property {PushPlatform} pushPlatform
 * @property {import('./drafts.js').Values} values
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

/** @param {Shared} shared */
export function createParts(shared) {
  const { api, connection, clock, dispatch, state } = shared;
  const history = new MessageHistory(api, dispatch, state);
  const conversations = new Conversations(api, dispatch, state);
  const catchup = new Catchup({ ...shared, history });
  return {
    /** Loads pages of messages. */
    history,
    /** Creates and changes conversations and members. */
    conversations,
    /** Fetches what was missed. */
    catchup,
    /** Reports read marks, focus, typing, presence. */
    activity: new Activity(connection, clock, dispatch, state, (id) =>
      conversations.loadPushedReceipts(id),
    ),
    /** Sends messages. */
    outbox: new Outbox({ ...shared, conversations }),
    /** Sends reactions, pins and votes. */
    changes: new Changes(shared),
    /** Keeps what was typed and not sent. */
    drafts: new Drafts(shared),
    /** Finds users and loads their names. */
    directory: new UserDirectory(api, clock, dispatch, state),
    /** Loads and marks notifications. */
    notifications: new Notifications({ ...shared, catchup }),
    /** Web Push to this browser. */
    webPush: new WebPush(shared),
  };
}
