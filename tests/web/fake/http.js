/** The HTTP API of the fake service: a function in place of `fetch`. */

import { FakeNotifications } from './notifications.js';
import { eventPage, messagePage } from './pages.js';
import { ServiceRefusal, newId } from './service.js';

/** @import {FakeService, FakeUser} from './service.js' */

const TOKEN_LIFETIME_MS = 15 * 60_000;
const MONTH_MS = 30 * 24 * 3600_000;

/** @param {FakeUser} user */
const meView = ({ id, handle, display_name, role, created_at }) => ({
  id,
  handle,
  display_name,
  role,
  created_at,
});
/** @param {FakeUser} user */
const userView = ({ id, handle, display_name }) => ({ id, handle, display_name });

export class FakeHttp {
  /** User ids by access token. @type {Map<string, string>} */
  tokens = new Map();
  /** Expired access tokens. @type {Set<string>} */
  expired = new Set();
  /** The user of the refresh cookie. @type {string | null} */
  cookieUser = null;
  /** If false, every request fails. */
  isReachable = true;
  /** Requests so far, as `METHOD /path`. @type {string[]} */
  requests = [];
  #service;

  /** @param {FakeService} service */
  constructor(service) {
    this.#service = service;
    this.notifications = new FakeNotifications(service);
  }

  /** @type {any} */
  fetch = async (
    /** @type {string} */ target,
    /** @type {any} */ { method, headers = {}, body },
  ) => {
    const url = new URL(target, 'http://service');
    this.requests.push(`${method} ${url.pathname}`);
    if (!this.isReachable) throw new TypeError('Failed to fetch');
    try {
      const token = headers.authorization?.replace('Bearer ', '');
      if (this.expired.has(token))
        throw new ServiceRefusal(401, 'token_expired', { temporary: true });
      const answer = this.#route(
        method,
        url,
        body ? JSON.parse(body) : {},
        this.tokens.get(token),
      );
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    } catch (error) {
      if (!(error instanceof ServiceRefusal)) throw error;
      return Response.json({ status: error.status, ...error.problem }, { status: error.status });
    }
  };

  /** @param {FakeUser} user */
  issueTokens(user) {
    const token = `access-${newId()}`;
    this.tokens.set(token, user.id);
    this.cookieUser = user.id;
    const from = this.#service.now();
    const until = (/** @type {number} */ ms) => new Date(from + ms).toISOString();
    return {
      user: meView(user),
      device: newId(),
      access_token: token,
      access_expires_at: until(TOKEN_LIFETIME_MS),
      refresh_expires_at: until(MONTH_MS),
    };
  }

  /** @param {string} method @param {URL} url @param {any} body @param {string | undefined} who */
  #route(method, url, body, who) {
    const [, , area, ...path] = url.pathname.split('/');
    if (area === 'auth' && path[0] !== 'logout' && path[0] !== 'password')
      return this.#auth(path[0], body);
    if (area === 'service') return { registration: 'open' };
    if (!who) throw new ServiceRefusal(401, 'unauthenticated');
    switch (area) {
      case 'auth':
        if (path[0] === 'logout') this.cookieUser = null;
        return undefined;
      case 'devices':
        return method === 'GET' ? { devices: this.#devices() } : undefined;
      case 'me':
        return this.#rename(who, body);
      case 'users':
        return this.#users(url.searchParams);
      case 'conversations':
        return this.#conversations(method, path, url.searchParams, body, who);
      case 'notifications':
        return this.notifications.notifications(method, url.searchParams, body, who);
      case 'push-key':
        return { key: this.notifications.key };
      case 'push-subscriptions':
        return this.notifications.pushSubscriptions(method, path[0], body);
      default:
        throw new ServiceRefusal(404, 'not_found');
    }
  }

  /** @param {string} endpoint @param {any} body */
  #auth(endpoint, { handle, password, display_name }) {
    const users = [...this.#service.users.values()];
    switch (endpoint) {
      case 'register':
        return this.issueTokens(this.#service.addUser(handle, display_name ?? handle, password));
      case 'login': {
        const user = users.find((one) => one.handle === handle && one.password === password);
        if (!user) throw new ServiceRefusal(401, 'unauthenticated');
        return this.issueTokens(user);
      }
      default: {
        const user = users.find((one) => one.id === this.cookieUser);
        if (!user) throw new ServiceRefusal(401, 'unauthenticated');
        return this.issueTokens(user);
      }
    }
  }

  #devices() {
    const at = this.#service.timestamp();
    const device = {
      id: newId(),
      name: 'Firefox on Linux',
      platform: 'web',
      created_at: at,
      last_seen_at: at,
      current: true,
    };
    return [device, { ...device, id: newId(), name: 'Chrome on Android', current: false }];
  }

  /** @param {string} who @param {any} body */
  #rename(who, { display_name }) {
    const user = /** @type {FakeUser} */ (this.#service.users.get(who));
    user.display_name = display_name;
    this.#service.appendPrivate(who, 'profile.changed', { display_name });
    this.#service.appendPrivate(who, 'settings.changed', { display_name });
    return meView(user);
  }

  /** @param {URLSearchParams} query */
  #users(query) {
    const ids = query.get('ids')?.split(',');
    const text = query.get('query')?.toLowerCase() ?? '';
    const found = [...this.#service.users.values()].filter((one) =>
      ids
        ? ids.includes(one.id)
        : one.handle.includes(text) || one.display_name.toLowerCase().includes(text),
    );
    return { users: found.map(userView) };
  }

  /** @param {string} who @param {string} peer */
  #directWith(who, peer) {
    const found = this.#service.headsFor(who).find((head) => head.peer === peer);
    if (!found) throw new ServiceRefusal(404, 'not_found');
    return found;
  }

  /**
   * @param {string} method
   * @param {string[]} path
   * @param {URLSearchParams} query
   * @param {any} body
   * @param {string} who
   */
  #conversations(method, [id, area, which], query, body, who) {
    const service = this.#service;
    if (!id && method === 'POST') {
      const others = body.kind === 'direct' ? [body.user] : body.members;
      return service.headFor(who, service.addRoom(who, body.kind, body.title ?? '', others));
    }
    if (!id) return { heads: service.headsFor(who) };
    if (id === 'direct') return this.#directWith(who, area);
    const room = service.roomOf(who, id);
    const number = (/** @type {string} */ name) =>
      query.has(name) ? Number(query.get(name)) : undefined;
    switch (area) {
      case undefined:
        if (method === 'PATCH') {
          room.title = body.title;
          service.append(room, who, 'conversation.changed', { title: body.title });
        }
        return service.headFor(who, room);
      case 'members':
        return this.#members(method, room, which, body, who);
      case 'messages':
        return messagePage(
          room,
          number('before'),
          number('after'),
          number('around'),
          number('limit') ?? 50,
        );
      case 'receipts':
        return {
          receipts: [...room.members].map(([one, { read, received }]) => ({
            user: one,
            read,
            received,
          })),
        };
      case 'settings': {
        Object.assign(/** @type {any} */ (room.members.get(who)), body);
        return service.announceSettings(who, room);
      }
      case 'events':
        return eventPage(room, number('after') ?? 0, number('limit') ?? 200);
      default:
        throw new ServiceRefusal(404, 'not_found');
    }
  }

  /**
   * @param {string} method
   * @param {any} room
   * @param {string} which
   * @param {any} body
   * @param {string} who
   */
  #members(method, room, which, body, who) {
    const service = this.#service;
    switch (method) {
      case 'POST':
        service.addMembers(who, room.id, body.users);
        return { added: body.users, offset: room.events.length };
      case 'DELETE':
        return void service.removeMember(who, room.id, which);
      case 'PATCH':
        room.members.get(which).role = body.role;
        service.append(room, who, 'member.changed', { user: which, role: body.role });
        return { offset: room.events.length };
      default:
        return {
          members: [...room.members].map(([id, { role, joined_at }]) => ({
            ...userView(/** @type {FakeUser} */ (service.users.get(id))),
            id: undefined,
            user: id,
            role,
            joined_at,
          })),
        };
    }
  }
}
