/**
 * The WebSocket side of the service in memory: sockets that a test can cut, hold and look into.
 */

import { events } from './pages.js';
import { Refusal, newId } from './world.js';

/** @import {Routes} from './routes.js' */
/** @import {World} from './world.js' */

export class Wires {
  /** @type {Set<FakeWire>} */
  open = new Set();
  /** Requests that the service took, newest last. @type {any[]} */
  frames = [];
  /** Requests whose answer gets lost, by type. @type {Set<string>} */
  mute = new Set();
  /**
   * Called instead of the service for a type: return an answer or throw a Refusal.
   * @type {Map<string, (frame: any) => any>}
   */
  instead = new Map();
  accepts = true;
  /** Milliseconds before anything travels. */
  latency = 0;

  /** @param {World} world @param {Routes} routes */
  constructor(world, routes) {
    this.world = world;
    this.routes = routes;
    world.publish = (users, frame, session) => {
      const seen = { ...frame };
      for (const wire of this.open) {
        if (wire.user && users.includes(wire.user) && (!session || wire.session !== session))
          wire.hear(seen);
      }
    };
  }

  connect = () => {
    const wire = new FakeWire(this);
    queueMicrotask(() => (this.accepts && this.routes.reachable ? wire.accept() : wire.cut(1006)));
    return wire;
  };

  /** Break every line. @param {number} [code] */
  cut(code = 1006) {
    for (const wire of [...this.open]) wire.cut(code);
  }
}

export class FakeWire {
  readyState = 0;
  /** @type {((event: any) => void) | null} */
  onopen = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  /** @type {string | null} */
  user = null;
  session = newId();
  #wires;

  /** @param {Wires} wires */
  constructor(wires) {
    this.#wires = wires;
  }

  accept() {
    this.readyState = 1;
    this.#wires.open.add(this);
    this.onopen?.({});
  }

  /** @param {number} code */
  cut(code) {
    this.readyState = 3;
    this.#wires.open.delete(this);
    this.onclose?.({ code });
  }

  close() {
    this.readyState = 3;
    this.#wires.open.delete(this);
  }

  /** A frame from the service. @param {any} frame */
  hear(frame) {
    const deliver = () =>
      this.readyState === 1 && this.onmessage?.({ data: JSON.stringify(frame) });
    if (this.#wires.latency) setTimeout(deliver, this.#wires.latency);
    else queueMicrotask(deliver);
  }

  /** A frame from the client. @param {string} text */
  send(text) {
    const frame = JSON.parse(text);
    this.#wires.frames.push(frame);
    if (frame.type === 'ping') return this.hear({ type: 'pong' });
    if (frame.type === 'pong' || frame.type === 'typing') return undefined;
    try {
      const own = this.#wires.instead.get(frame.type);
      const answer = own ? own(frame) : this.#answer(frame);
      if (this.#wires.mute.has(frame.type) || answer === undefined) return undefined;
      return this.hear({ type: 'ok', id: frame.id, ...answer });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.hear({ type: 'error', id: frame.id, ...error.problem });
    }
  }

  /** @param {any} frame */
  #greet(frame) {
    const { world, routes } = this.#wires;
    const user = routes.tokens.get(frame.token);
    if (!user) return this.cut(4501);
    this.user = user;
    const cursor = String(world.people.get(user)?.log.length);
    return {
      type: 'welcome',
      session: this.session,
      user,
      level: 1,
      features: ['notifications', 'push'],
      limits: {},
      heartbeat_ms: 25_000,
      time: world.at(),
      cursor: frame.cursor ?? cursor,
      heads: world.heads(user),
      more: false,
    };
  }

  /** @param {any} frame */
  #answer(frame) {
    const { world } = this.#wires;
    if (frame.type === 'hello') return this.#greet(frame);
    const who = /** @type {string} */ (this.user);
    switch (frame.type) {
      case 'message.send':
        return world.post(who, frame, this.session);
      case 'sync':
        return events(world.see(who, frame.conversation), frame.after, frame.limit);
      case 'sync.me': {
        const log = world.people.get(who)?.log ?? [];
        return {
          events: log.slice(Number(frame.cursor)),
          cursor: String(log.length),
          more: false,
          reset: false,
        };
      }
      case 'conversations':
        return { heads: world.heads(who) };
      case 'read':
        return { seq: world.mark(who, frame.conversation, { read: frame.seq }) };
      case 'received':
        for (const [id, received] of Object.entries(frame.marks))
          world.mark(who, id, { received });
        return {};
      case 'presence.watch':
        return {
          states: frame.users.map((/** @type {string} */ user) => ({
            user,
            state: this.#present(user) ? 'online' : 'offline',
          })),
        };
      default:
        return {};
    }
  }

  /** @param {string} user */
  #present(user) {
    return [...this.#wires.open].some((wire) => wire.user === user);
  }
}
