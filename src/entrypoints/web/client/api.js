/**
 * The HTTP API: one method for each endpoint that the page uses. Each method returns the parsed
 * body and throws `ServiceError` or `NetworkError`.
 */

import { HttpClient } from './http.js';
import { MessagesApi } from './messages-api.js';

/**
 * @import {
 *   ConversationEvent, Device, Head, Me, Member, Message, NotificationItem, Receipt, Tokens, User
 * } from './types.js'
 */
/** @import {Fetch, TokenProvider} from './http.js' */
/**
 * @typedef {object} Credentials
 * @property {string} handle
 * @property {string} password
 * @property {string} [display_name]
 * @property {{name: string, platform: string}} [device]
 */

/** Escape one path segment. @param {string} segment */
const encode = (segment) => encodeURIComponent(segment);

/** Path of a conversation. @param {string} id @param {string} [rest] */
const pathOf = (id, rest = '') => `/v1/conversations/${encode(id)}${rest}`;

export class Api {
  #http;
  #cookie;

  /**
   * @param {Fetch} fetcher
   * @param {string} [base] origin or path prefix of the service; empty for the page's own
   * @param {boolean} [cookie] whether refresh tokens are kept in a cookie that no script can read
   */
  constructor(fetcher, base = '', cookie = true) {
    this.#http = new HttpClient(fetcher, base);
    this.messages = new MessagesApi(this.#http);
    this.#cookie = cookie;
  }

  /** Use the access tokens of *session* from now on. @param {TokenProvider} session */
  attachSession(session) {
    this.#http.attachSession(session);
  }

  /** Milliseconds to add to the local clock to get the service's time. */
  get clockSkew() {
    return this.#http.clockSkew;
  }

  /** What anybody may know. @returns {Promise<{registration: 'open' | 'closed'}>} */
  getService() {
    return this.#http.callWithoutToken('/v1/service');
  }

  /** Create an account and log in. @param {Credentials} credentials @returns {Promise<Tokens>} */
  register(credentials) {
    return this.#http.callWithoutToken('/v1/auth/register', {
      ...credentials,
      cookie: this.#cookie,
    });
  }

  /** Log in on this device. @param {Credentials} credentials @returns {Promise<Tokens>} */
  logIn(credentials) {
    return this.#http.callWithoutToken('/v1/auth/login', { ...credentials, cookie: this.#cookie });
  }

  /**
   * Exchange a refresh token for new tokens.
   * @param {string} [token] the refresh token; if absent, the cookie is used
   * @returns {Promise<Tokens>}
   */
  refresh(token) {
    return this.#http.callWithoutToken('/v1/auth/refresh', token ? { refresh_token: token } : {});
  }

  /** End the session of this device. */
  logOut() {
    return this.#http.call('POST', '/v1/auth/logout', {});
  }

  /** Log out all other devices, too. @param {string} old @param {string} replacement */
  changePassword(old, replacement) {
    return this.#http.call('POST', '/v1/auth/password', {
      old_password: old,
      new_password: replacement,
    });
  }

  /** List the devices that are logged in. @returns {Promise<{devices: Device[]}>} */
  listDevices() {
    return this.#get('/v1/devices');
  }

  /** Log out another device. @param {string} id */
  revokeDevice(id) {
    return this.#http.call('DELETE', `/v1/devices/${encode(id)}`);
  }

  /** Change the own display name. @param {string} name @returns {Promise<Me>} */
  setDisplayName(name) {
    return this.#http.call('PATCH', '/v1/me', { display_name: name });
  }

  /**
   * Find users whose handle or name starts with *query*.
   * @param {string} query
   * @param {number} [limit]
   * @returns {Promise<{users: User[], next?: string}>}
   */
  searchUsers(query, limit = 20) {
    return this.#get('/v1/users', { query, limit });
  }

  /** Get users by id. @param {string[]} ids at most 100 @returns {Promise<{users: User[]}>} */
  getUsers(ids) {
    return this.#get('/v1/users', { ids: ids.join(',') });
  }

  /**
   * List conversations, newest first.
   * @param {string | null} before cursor of the page, or null for the first page
   * @param {number} limit
   * @returns {Promise<{heads: Head[], next?: string}>}
   */
  listConversations(before, limit) {
    return this.#get('/v1/conversations', { before, limit });
  }

  /** Open or create the direct conversation. @param {string} user @returns {Promise<Head>} */
  openDirect(user) {
    return this.#http.call('POST', '/v1/conversations', { kind: 'direct', user });
  }

  /** Find the direct conversation; creates none. @param {string} user @returns {Promise<Head>} */
  findDirect(user) {
    return this.#get(pathOf('direct', `/${encode(user)}`));
  }

  /** Create a group. @param {string} title @param {string[]} members @returns {Promise<Head>} */
  createGroup(title, members) {
    return this.#http.call('POST', '/v1/conversations', { kind: 'group', title, members });
  }

  /** Get the head of one conversation. @param {string} id @returns {Promise<Head>} */
  getConversation(id) {
    return this.#get(pathOf(id));
  }

  /** Rename a group. @param {string} id @param {string} title @returns {Promise<Head>} */
  setTitle(id, title) {
    return this.#http.call('PATCH', pathOf(id), { title });
  }

  /**
   * Change the own settings of a conversation. `muted_until: null` unmutes it.
   * @param {string} id
   * @param {{muted_until?: string | null, pinned?: boolean, marked_unread?: boolean}} settings
   * @returns {Promise<Head>}
   */
  updateSettings(id, settings) {
    return this.#http.call('PATCH', pathOf(id, '/settings'), settings);
  }

  /**
   * List the members of a conversation, 100 on a page.
   * @param {string} id
   * @param {string} [cursor]
   * @returns {Promise<{members: Member[], next?: string}>}
   */
  listMembers(id, cursor) {
    return this.#get(pathOf(id, '/members'), { cursor, limit: 100 });
  }

  /**
   * Add members to a group.
   * @param {string} id
   * @param {string[]} users
   * @returns {Promise<{added: string[], offset: number}>}
   */
  addMembers(id, users) {
    return this.#http.call('POST', pathOf(id, '/members'), { users });
  }

  /** `owner` hands the group over. @param {string} id @param {string} user @param {string} role */
  changeRole(id, user, role) {
    return this.#http.call('PATCH', pathOf(id, `/members/${encode(user)}`), { role });
  }

  /** Remove a member, or leave. @param {string} id @param {string} user */
  removeMember(id, user) {
    return this.#http.call('DELETE', pathOf(id, `/members/${encode(user)}`));
  }

  /**
   * List notifications, newest first.
   * @param {string | null} cursor cursor of the page, or null for the first page
   * @param {number} limit
   * @returns {Promise<{notifications: NotificationItem[], next?: string}>}
   */
  listNotifications(cursor, limit) {
    return this.#get('/v1/notifications', { cursor, limit });
  }

  /** Mark notifications as read. @param {{ids: string[]} | {all: true}} which at most 100 ids */
  markNotificationsRead(which) {
    return this.#http.call('PUT', '/v1/notifications', which);
  }

  /** Get the VAPID public key with which a browser subscribes. @returns {Promise<{key: string}>} */
  getPushKey() {
    return this.#get('/v1/push-key');
  }

  /**
   * List the push subscriptions of this user.
   * @returns {Promise<{subscriptions: {id: string, endpoint: string}[]}>}
   */
  listPushSubscriptions() {
    return this.#get('/v1/push-subscriptions');
  }

  /**
   * Register a push subscription. The same endpoint again updates its settings.
   * @param {import('./push-platform.js').BrowserSubscription} address
   * @param {boolean} preview whether a push contains the sender and the text
   */
  addPushSubscription({ endpoint, keys }, preview) {
    return this.#http.call('POST', '/v1/push-subscriptions', { endpoint, keys, preview });
  }

  /** Remove a push subscription. @param {string} id */
  removePushSubscription(id) {
    return this.#http.call('DELETE', `/v1/push-subscriptions/${encode(id)}`);
  }

  /**
   * Get a page of messages: the newest, or those `before`, `after` or `around` a seq.
   * @param {string} id
   * @param {{before?: number, after?: number, around?: number, limit: number}} window
   * @returns {Promise<{messages: Message[], more_before: boolean, more_after: boolean}>}
   */
  listMessages(id, window) {
    return this.#get(pathOf(id, '/messages'), window);
  }

  /**
   * Get the received and read marks of all members.
   * @param {string} id
   * @param {number} seq
   * @returns {Promise<{receipts: Receipt[]}>}
   */
  listReceipts(id, seq) {
    return this.#get(pathOf(id, '/receipts'), { seq });
  }

  /**
   * Get events of a conversation's log after an offset.
   * @param {string} id
   * @param {number} after
   * @param {number} limit
   * @returns {Promise<{events: ConversationEvent[], last: number, more: boolean, reset: boolean}>}
   */
  listEvents(id, after, limit) {
    return this.#get(pathOf(id, '/events'), { after, limit });
  }

  /** @param {string} path @param {import('./http.js').Query} [query] @returns {Promise<any>} */
  #get(path, query) {
    return this.#http.call('GET', path, undefined, query);
  }
}
