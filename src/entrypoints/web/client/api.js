/**
 * The HTTP side of the protocol: every resource that the page uses, one method each.
 *
 * A call answers with the parsed body, throws `Refused` with the code of the problem document, or
 * `NoAnswer` where the network failed. Where a session is attached, calls carry its access token,
 * and one that is refused as expired is repeated once with a fresh one.
 */

import { NoAnswer, Refused } from './errors.js';

/** @import {Device, Head, Me, Member, Message, Receipt, Tokens, User, ConversationEvent, PrivateEvent} from './types.js' */
/** @typedef {Record<string, string | number | undefined | null>} Query */
/** @typedef {{token(fresh?: boolean): Promise<string>}} TokenSource */
/** @typedef {typeof globalThis.fetch} Fetch */
/** @typedef {{handle: string, password: string, display_name?: string, device?: {name: string, platform: string}}} Credentials */

const ANSWER_WITHIN = 20_000;

/** @param {string} part */
const safe = (part) => encodeURIComponent(part);

export class Api {
  #fetch;
  #base;
  #cookie;
  /** @type {TokenSource | null} */
  #session = null;
  /** Milliseconds to add to this machine's clock to get the service's. */
  skew = 0;

  /**
   * @param {Fetch} fetcher
   * @param {string} [base] origin of the service; empty for the page's own
   * @param {boolean} [cookie] whether refresh tokens are kept in a cookie that no script can read
   */
  constructor(fetcher, base = '', cookie = true) {
    this.#fetch = fetcher;
    this.#base = base;
    this.#cookie = cookie;
  }

  /** @param {TokenSource | null} session */
  attach(session) {
    this.#session = session;
  }

  // -- access ----------------------------------------------------------------------------------

  /** @param {Credentials} credentials @returns {Promise<Tokens>} */
  register(credentials) {
    return this.#open('/v1/auth/register', { ...credentials, cookie: this.#cookie });
  }

  /** @param {Credentials} credentials @returns {Promise<Tokens>} */
  logIn(credentials) {
    return this.#open('/v1/auth/login', { ...credentials, cookie: this.#cookie });
  }

  /** Trade a refresh token for new ones. @param {string} [token] without it, the cookie's @returns {Promise<Tokens>} */
  refresh(token) {
    return this.#open('/v1/auth/refresh', token ? { refresh_token: token } : {});
  }

  /** End this device's session. */
  logOut() {
    return this.#call('POST', '/v1/auth/logout', {});
  }

  /** Every other device is logged out. @param {string} old @param {string} fresh */
  changePassword(old, fresh) {
    return this.#call('POST', '/v1/auth/password', { old_password: old, new_password: fresh });
  }

  /** @returns {Promise<{devices: Device[]}>} */
  devices() {
    return this.#call('GET', '/v1/devices');
  }

  /** @param {string} id */
  endDevice(id) {
    return this.#call('DELETE', `/v1/devices/${safe(id)}`);
  }

  // -- people ----------------------------------------------------------------------------------

  /** @param {string} name @returns {Promise<Me>} */
  renameMe(name) {
    return this.#call('PATCH', '/v1/me', { display_name: name });
  }

  /** @param {string} query @param {number} [limit] @returns {Promise<{users: User[], next?: string}>} */
  findUsers(query, limit = 20) {
    return this.#call('GET', '/v1/users', undefined, { query, limit });
  }

  /** @param {string[]} ids at most 100 @returns {Promise<{users: User[]}>} */
  users(ids) {
    return this.#call('GET', '/v1/users', undefined, { ids: ids.join(',') });
  }

  // -- conversations ---------------------------------------------------------------------------

  /** @param {string | null} before @param {number} limit @returns {Promise<{heads: Head[], next?: string}>} */
  conversations(before, limit) {
    return this.#call('GET', '/v1/conversations', undefined, { before, limit });
  }

  /** @param {string} user @returns {Promise<Head>} */
  openDirect(user) {
    return this.#call('POST', '/v1/conversations', { kind: 'direct', user });
  }

  /** @param {string} title @param {string[]} members @returns {Promise<Head>} */
  createGroup(title, members) {
    return this.#call('POST', '/v1/conversations', { kind: 'group', title, members });
  }

  /** @param {string} id @returns {Promise<Head>} */
  conversation(id) {
    return this.#call('GET', `/v1/conversations/${safe(id)}`);
  }

  /** @param {string} id @param {string} title @returns {Promise<Head>} */
  retitle(id, title) {
    return this.#call('PATCH', `/v1/conversations/${safe(id)}`, { title });
  }

  /** @param {string} id @param {{muted_until?: string | null, pinned?: boolean}} settings @returns {Promise<Head>} */
  settings(id, settings) {
    return this.#call('PATCH', `/v1/conversations/${safe(id)}/settings`, settings);
  }

  /** @param {string} id @param {string} [cursor] @returns {Promise<{members: Member[], next?: string}>} */
  members(id, cursor) {
    return this.#call('GET', `/v1/conversations/${safe(id)}/members`, undefined, { cursor, limit: 100 });
  }

  /** @param {string} id @param {string[]} users @returns {Promise<{added: string[], offset: number}>} */
  addMembers(id, users) {
    return this.#call('POST', `/v1/conversations/${safe(id)}/members`, { users });
  }

  /** `owner` hands the group over. @param {string} id @param {string} user @param {string} role */
  changeRole(id, user, role) {
    return this.#call('PATCH', `/v1/conversations/${safe(id)}/members/${safe(user)}`, { role });
  }

  /** Oneself: leave. @param {string} id @param {string} user */
  removeMember(id, user) {
    return this.#call('DELETE', `/v1/conversations/${safe(id)}/members/${safe(user)}`);
  }

  // -- messages --------------------------------------------------------------------------------

  /**
   * A page by seq: the newest, or `before`, `after` or `around` one.
   * @param {string} id
   * @param {{before?: number, after?: number, around?: number, limit: number}} place
   * @returns {Promise<{messages: Message[], more_before: boolean, more_after: boolean}>}
   */
  messages(id, place) {
    return this.#call('GET', `/v1/conversations/${safe(id)}/messages`, undefined, place);
  }

  /** @param {string} id @param {number} seq @returns {Promise<{receipts: Receipt[]}>} */
  receipts(id, seq) {
    return this.#call('GET', `/v1/conversations/${safe(id)}/receipts`, undefined, { seq });
  }

  /**
   * @param {string} id @param {number} after @param {number} limit
   * @returns {Promise<{events: ConversationEvent[], last: number, more: boolean, reset: boolean}>}
   */
  events(id, after, limit) {
    return this.#call('GET', `/v1/conversations/${safe(id)}/events`, undefined, { after, limit });
  }

  // -- the call itself -------------------------------------------------------------------------

  /** A call that needs no token. @param {string} path @param {object} body */
  async #open(path, body) {
    return this.#read(await this.#request('POST', path, body, {}));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {Query} [query]
   * @returns {Promise<any>}
   */
  async #call(method, path, body, query) {
    const target = path + search(query);
    try {
      return await this.#authorized(method, target, body, false);
    } catch (error) {
      const expired = error instanceof Refused && error.code === 'token_expired';
      if (!expired || !this.#session) throw error;
      return this.#authorized(method, target, body, true);
    }
  }

  /** @param {string} method @param {string} target @param {object | undefined} body @param {boolean} fresh */
  async #authorized(method, target, body, fresh) {
    const token = await this.#session?.token(fresh);
    /** @type {Record<string, string>} */
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    return this.#read(await this.#request(method, target, body, headers));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object | undefined} body
   * @param {Record<string, string>} headers
   */
  async #request(method, path, body, headers) {
    // Taken out first: the browser's fetch refuses to be called as somebody's method.
    const fetch = this.#fetch;
    try {
      return await fetch(this.#base + path, {
        method,
        headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
        body: body && JSON.stringify(body),
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
    } catch (error) {
      throw new NoAnswer(error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'offline');
    }
  }

  /** @param {Response} response */
  async #read(response) {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (date) this.skew = date - Date.now();
    if (response.status === 204) return undefined;
    const body = await response.json().catch(() => null);
    if (response.ok) return body;
    throw new Refused({ ...problem(response, body), status: response.status });
  }
}

/** @param {Query} [query] */
function search(query) {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** A proxy in between answers with something else than a problem document. @param {Response} response @param {any} body */
function problem(response, body) {
  if (typeof body?.code === 'string') return body;
  return { code: response.status >= 500 ? 'unavailable' : 'bad_request', temporary: response.status >= 500 };
}
