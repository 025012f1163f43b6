/** The HTTP side of the service in memory: a function in place of `fetch`. */

import { Bell } from './bell.js';
import { events, page } from './pages.js';
import { Refusal, newId } from './world.js';

/** @import {World, Person} from './world.js' */

const LIFE = 15 * 60_000;
const MONTH = 30 * 24 * 3600_000;

/** @param {Person} person */
const me = ({ id, handle, display_name, role, created_at }) => ({
  id,
  handle,
  display_name,
  role,
  created_at,
});
/** @param {Person} person */
const user = ({ id, handle, display_name }) => ({ id, handle, display_name });

export class Routes {
  /** Access token → user. @type {Map<string, string>} */
  tokens = new Map();
  /** Tokens that are good no more. @type {Set<string>} */
  expired = new Set();
  /** Who the refresh cookie stands for. @type {string | null} */
  cookie = null;
  /** False: no request gets through. */
  reachable = true;
  /** Requests made, as `METHOD /path`. @type {string[]} */
  made = [];
  #world;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
    this.bell = new Bell(world);
  }

  /** @type {any} */
  fetch = async (
    /** @type {string} */ target,
    /** @type {any} */ { method, headers = {}, body },
  ) => {
    const url = new URL(target, 'http://service');
    this.made.push(`${method} ${url.pathname}`);
    if (!this.reachable) throw new TypeError('Failed to fetch');
    try {
      const token = headers.authorization?.replace('Bearer ', '');
      if (this.expired.has(token)) throw new Refusal(401, 'token_expired', { temporary: true });
      const answer = this.#route(
        method,
        url,
        body ? JSON.parse(body) : {},
        this.tokens.get(token),
      );
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return Response.json({ status: error.status, ...error.problem }, { status: error.status });
    }
  };

  /** @param {Person} person */
  issue(person) {
    const token = `access-${newId()}`;
    this.tokens.set(token, person.id);
    this.cookie = person.id;
    const from = this.#world.now();
    const until = (/** @type {number} */ ms) => new Date(from + ms).toISOString();
    return {
      user: me(person),
      device: newId(),
      access_token: token,
      access_expires_at: until(LIFE),
      refresh_expires_at: until(MONTH),
    };
  }

  /** @param {string} method @param {URL} url @param {any} body @param {string | undefined} who */
  #route(method, url, body, who) {
    const [, , area, ...path] = url.pathname.split('/');
    if (area === 'auth' && path[0] !== 'logout' && path[0] !== 'password')
      return this.#auth(path[0], body);
    if (!who) throw new Refusal(401, 'unauthenticated');
    switch (area) {
      case 'auth':
        if (path[0] === 'logout') this.cookie = null;
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
        return this.bell.notifications(method, url.searchParams, body, who);
      case 'push-key':
        return { key: this.bell.key };
      case 'push-subscriptions':
        return this.bell.pushes(method, path[0], body);
      default:
        throw new Refusal(404, 'not_found');
    }
  }

  /** @param {string} deed @param {any} body */
  #auth(deed, { handle, password, display_name }) {
    const people = [...this.#world.people.values()];
    switch (deed) {
      case 'register':
        return this.issue(this.#world.person(handle, display_name ?? handle, password));
      case 'login': {
        const person = people.find((one) => one.handle === handle && one.password === password);
        if (!person) throw new Refusal(401, 'unauthenticated');
        return this.issue(person);
      }
      default: {
        const person = people.find((one) => one.id === this.cookie);
        if (!person) throw new Refusal(401, 'unauthenticated');
        return this.issue(person);
      }
    }
  }

  #devices() {
    const at = this.#world.at();
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
    const person = /** @type {Person} */ (this.#world.people.get(who));
    person.display_name = display_name;
    this.#world.tell(who, 'settings.changed', { display_name });
    return me(person);
  }

  /** @param {URLSearchParams} query */
  #users(query) {
    const ids = query.get('ids')?.split(',');
    const text = query.get('query')?.toLowerCase() ?? '';
    const found = [...this.#world.people.values()].filter((one) =>
      ids
        ? ids.includes(one.id)
        : one.handle.includes(text) || one.display_name.toLowerCase().includes(text),
    );
    return { users: found.map(user) };
  }

  /**
   * @param {string} method
   * @param {string[]} path
   * @param {URLSearchParams} query
   * @param {any} body
   * @param {string} who
   */
  #conversations(method, [id, area, which], query, body, who) {
    const world = this.#world;
    if (!id && method === 'POST') {
      const others = body.kind === 'direct' ? [body.user] : body.members;
      return world.head(who, world.room(who, body.kind, body.title ?? '', others));
    }
    if (!id) return { heads: world.heads(who) };
    const room = world.see(who, id);
    const number = (/** @type {string} */ name) =>
      query.has(name) ? Number(query.get(name)) : undefined;
    switch (area) {
      case undefined:
        if (method === 'PATCH') {
          room.title = body.title;
          world.event(room, who, 'conversation.changed', { title: body.title });
        }
        return world.head(who, room);
      case 'members':
        return this.#members(method, room, which, body, who);
      case 'messages':
        return page(
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
        return world.settle(who, room);
      }
      case 'events':
        return events(room, number('after') ?? 0, number('limit') ?? 200);
      default:
        throw new Refusal(404, 'not_found');
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
    const world = this.#world;
    switch (method) {
      case 'POST':
        world.add(who, room.id, body.users);
        return { added: body.users, offset: room.events.length };
      case 'DELETE':
        return void world.remove(who, room.id, which);
      case 'PATCH':
        room.members.get(which).role = body.role;
        world.event(room, who, 'member.changed', { user: which, role: body.role });
        return { offset: room.events.length };
      default:
        return {
          members: [...room.members].map(([id, { role, joined_at }]) => ({
            ...user(/** @type {Person} */ (world.people.get(id))),
            id: undefined,
            user: id,
            role,
            joined_at,
          })),
        };
    }
  }
}
