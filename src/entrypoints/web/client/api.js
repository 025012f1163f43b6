/**
 * The HTTP side of the protocol: every resource that the page uses, one method each. They answer
 * with the body, and throw `Refused` or `NoAnswer`.
 */

import { Http } from './http.js';

/**
 * @import {
 *   ConversationEvent, Device, Head, Me, Member, Message, Notice, Receipt, Tokens, User
 * } from './types.js'
 */
/** @import {Fetch, TokenSource} from './http.js' */
/**
 * @typedef {object} Credentials
 * @property {string} handle
 * @property {string} password
 * @property {string} [display_name]
 * @property {{name: string, platform: string}} [device]
 */

/** @param {string} part */
const safe = (part) => encodeURIComponent(part);

export class Api {
  #http;
  #cookie;

  /**
   * @param {Fetch} fetcher
   * @param {string} [base] origin of the service; empty for the page's own
   * @param {boolean} [cookie] whether refresh tokens are kept in a cookie that no script can read
   */
  constructor(fetcher, base = '', cookie = true) {
    this.#http = new Http(fetcher, base);
    this.#cookie = cookie;
  }

  /** Calls carry a token from now on. @param {TokenSource} session */
  attach(session) {
    this.#http.attach(session);
  }

  /** Milliseconds to add to this machine's clock to get the service's. */
  get skew() {
    return this.#http.skew;
  }

  // -- access ----------------------------------------------------------------------------------

  /** @param {Credentials} credentials @returns {Promise<Tokens>} */
  register(credentials) {
    return this.#http.open('/v1/auth/register', { ...credentials, cookie: this.#cookie });
  }

  /** @param {Credentials} credentials @returns {Promise<Tokens>} */
  logIn(credentials) {
    return this.#http.open('/v1/auth/login', { ...credentials, cookie: this.#cookie });
  }

  /**
   * Trade a refresh token for new ones.
   * @param {string} [token] without it, the cookie's
   * @returns {Promise<Tokens>}
   */
  refresh(token) {
    return this.#http.open('/v1/auth/refresh', token ? { refresh_token: token } : {});
  }

  /** End this device's session. */
  logOut() {
    return this.#http.call('POST', '/v1/auth/logout', {});
  }

  /** Every other device is logged out. @param {string} old @param {string} fresh */
  changePassword(old, fresh) {
    return this.#http.call('POST', '/v1/auth/password', {
      old_password: old,
      new_password: fresh,
    });
  }

  /** @returns {Promise<{devices: Device[]}>} */
  devices() {
    return this.#http.call('GET', '/v1/devices');
  }

  /** @param {string} id */
  endDevice(id) {
    return this.#http.call('DELETE', `/v1/devices/${safe(id)}`);
  }

  // -- people ----------------------------------------------------------------------------------

  /** @param {string} name @returns {Promise<Me>} */
  renameMe(name) {
    return this.#http.call('PATCH', '/v1/me', { display_name: name });
  }

  /**
   * @param {string} query
   * @param {number} [limit]
   * @returns {Promise<{users: User[], next?: string}>}
   */
  findUsers(query, limit = 20) {
    return this.#http.call('GET', '/v1/users', undefined, { query, limit });
  }

  /** @param {string[]} ids at most 100 @returns {Promise<{users: User[]}>} */
  users(ids) {
    return this.#http.call('GET', '/v1/users', undefined, { ids: ids.join(',') });
  }

  // -- conversations ---------------------------------------------------------------------------

  /**
   * @param {string | null} before
   * @param {number} limit
   * @returns {Promise<{heads: Head[], next?: string}>}
   */
  conversations(before, limit) {
    return this.#http.call('GET', '/v1/conversations', undefined, { before, limit });
  }

  /** @param {string} user @returns {Promise<Head>} */
  openDirect(user) {
    return this.#http.call('POST', '/v1/conversations', { kind: 'direct', user });
  }

  /** @param {string} title @param {string[]} members @returns {Promise<Head>} */
  createGroup(title, members) {
    return this.#http.call('POST', '/v1/conversations', { kind: 'group', title, members });
  }

  /** @param {string} id @returns {Promise<Head>} */
  conversation(id) {
    return this.#http.call('GET', `/v1/conversations/${safe(id)}`);
  }

  /** @param {string} id @param {string} title @returns {Promise<Head>} */
  retitle(id, title) {
    return this.#http.call('PATCH', `/v1/conversations/${safe(id)}`, { title });
  }

  /**
   * @param {string} id
   * @param {{muted_until?: string | null, pinned?: boolean, marked_unread?: boolean}} settings
   * @returns {Promise<Head>}
   */
  settings(id, settings) {
    return this.#http.call('PATCH', `/v1/conversations/${safe(id)}/settings`, settings);
  }

  /**
   * @param {string} id
   * @param {string} [cursor]
   * @returns {Promise<{members: Member[], next?: string}>}
   */
  members(id, cursor) {
    return this.#http.call('GET', `/v1/conversations/${safe(id)}/members`, undefined, {
      cursor,
      limit: 100,
    });
  }

  /**
   * @param {string} id
   * @param {string[]} users
   * @returns {Promise<{added: string[], offset: number}>}
   */
  addMembers(id, users) {
    return this.#http.call('POST', `/v1/conversations/${safe(id)}/members`, { users });
  }

  /** `owner` hands the group over. @param {string} id @param {string} user @param {string} role */
  changeRole(id, user, role) {
    return this.#http.call('PATCH', `/v1/conversations/${safe(id)}/members/${safe(user)}`, {
      role,
    });
  }

  /** Oneself: leave. @param {string} id @param {string} user */
  removeMember(id, user) {
    return this.#http.call('DELETE', `/v1/conversations/${safe(id)}/members/${safe(user)}`);
  }

  // -- notifications ---------------------------------------------------------------------------

  /**
   * What concerned this user, the last first.
   * @param {string | null} cursor
   * @param {number} limit
   * @returns {Promise<{notifications: Notice[], next?: string}>}
   */
  notifications(cursor, limit) {
    return this.#http.call('GET', '/v1/notifications', undefined, { cursor, limit });
  }

  /** @param {{ids: string[]} | {all: true}} which at most 100 ids */
  markNotifications(which) {
    return this.#http.call('PUT', '/v1/notifications', which);
  }

  /** What a browser subscribes with. @returns {Promise<{key: string}>} */
  pushKey() {
    return this.#http.call('GET', '/v1/push-key');
  }

  /** @returns {Promise<{subscriptions: {id: string, endpoint: string}[]}>} */
  pushSubscriptions() {
    return this.#http.call('GET', '/v1/push-subscriptions');
  }

  /**
   * Be pushed to; the same endpoint again changes what was said of it.
   * @param {import('./push-gate.js').Address} address
   * @param {boolean} preview whether a push tells who wrote what
   */
  subscribe({ endpoint, keys }, preview) {
    return this.#http.call('POST', '/v1/push-subscriptions', { endpoint, keys, preview });
  }

  /** @param {string} id */
  unsubscribe(id) {
    return this.#http.call('DELETE', `/v1/push-subscriptions/${safe(id)}`);
  }

  // -- messages --------------------------------------------------------------------------------

  /**
   * A page by seq: the newest, or `before`, `after` or `around` one.
   * @param {string} id
   * @param {{before?: number, after?: number, around?: number, limit: number}} place
   * @returns {Promise<{messages: Message[], more_before: boolean, more_after: boolean}>}
   */
  messages(id, place) {
    return this.#http.call('GET', `/v1/conversations/${safe(id)}/messages`, undefined, place);
  }

  /** @param {string} id @param {number} seq @returns {Promise<{receipts: Receipt[]}>} */
  receipts(id, seq) {
    return this.#http.call('GET', `/v1/conversations/${safe(id)}/receipts`, undefined, { seq });
  }

  /**
   * @param {string} id @param {number} after @param {number} limit
   * @returns {Promise<{events: ConversationEvent[], last: number, more: boolean, reset: boolean}>}
   */
  events(id, after, limit) {
    return this.#http.call('GET', `/v1/conversations/${safe(id)}/events`, undefined, {
      after,
      limit,
    });
  }
}
