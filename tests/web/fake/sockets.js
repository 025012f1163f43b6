/**
 * The WebSocket side of the service in memory: sockets that a test can cut, hold and look into.
 */

import { eventPage } from './pages.js';
import { ServiceRefusal, newId } from './service.js';

/** @import {FakeHttp} from './http.js' */
/** @import {FakeService} from './service.js' */

export class FakeSockets {
  /** @type {Set<FakeSocket>} */
  open = new Set();
  /** Requests that the service took, newest last. @type {any[]} */
  frames = [];
  /** Requests whose answer gets lost, by type. @type {Set<string>} */
  dropAnswersTo = new Set();
  /**
   * Called instead of the service for a type: return an answer or throw a Refusal.
   * @type {Map<string, (frame: any) => any>}
   */
  overrides = new Map();
  acceptsConnections = true;
  /** Milliseconds before anything travels. */
  latency = 0;

  /** @param {FakeService} world @param {FakeHttp} routes */
  constructor(world, routes) {
    this.world = world;
    this.routes = routes;
    world.publish = (users, frame, session) => {
      const seen = { ...frame };
      for (const wire of this.open) {
        if (wire.user && users.includes(wire.user) && (!session || wire.session !== session))
          wire.receive(seen);
      }
    };
  }

  connect = () => {
    const wire = new FakeSocket(this);
    queueMicrotask(() =>
      this.acceptsConnections && this.routes.isReachable ? wire.accept() : wire.closeWith(1006),
    );
    return wire;
  };

  /** Break every line. @param {number} [code] */
  closeWith(code = 1006) {
    for (const wire of [...this.open]) wire.closeWith(code);
  }
}

export class FakeSocket {
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
  #sockets;

  /** @param {FakeSockets} wires */
  constructor(wires) {
    this.#sockets = wires;
  }

  accept() {
    this.readyState = 1;
    this.#sockets.open.add(this);
    this.onopen?.({});
  }

  /** @param {number} code */
  closeWith(code) {
    this.readyState = 3;
    this.#sockets.open.delete(this);
    this.onclose?.({ code });
  }

  close() {
    this.readyState = 3;
    this.#sockets.open.delete(this);
  }

  /** A frame from the service. @param {any} frame */
  receive(frame) {
    const deliver = () =>
      this.readyState === 1 && this.onmessage?.({ data: JSON.stringify(frame) });
    if (this.#sockets.latency) setTimeout(deliver, this.#sockets.latency);
    else queueMicrotask(deliver);
  }

  /** A frame from the client. @param {string} text */
  send(text) {
    const frame = JSON.parse(text);
    this.#sockets.frames.push(frame);
    if (frame.type === 'ping') return this.receive({ type: 'pong' });
    if (frame.type === 'pong' || frame.type === 'typing') return undefined;
    try {
      const own = this.#sockets.overrides.get(frame.type);
      const answer = own ? own(frame) : this.#answer(frame);
      if (this.#sockets.dropAnswersTo.has(frame.type) || answer === undefined) return undefined;
      return this.receive({ type: 'ok', id: frame.id, ...answer });
    } catch (error) {
      if (!(error instanceof ServiceRefusal)) throw error;
      return this.receive({ type: 'error', id: frame.id, ...error.problem });
    }
  }

  /** @param {any} frame */
  #hello(frame) {
    const { world, routes } = this.#sockets;
    const user = routes.tokens.get(frame.token);
    if (!user) return this.closeWith(4501);
    this.user = user;
    const cursor = String(world.users.get(user)?.log.length);
    return {
      type: 'welcome',
      session: this.session,
      user,
      level: 1,
      features: ['notifications', 'push'],
      limits: {},
      heartbeat_ms: 25_000,
      time: world.timestamp(),
      cursor: frame.cursor ?? cursor,
      heads: world.headsFor(user),
      more: false,
    };
  }

  /** @param {any} frame */
  #answer(frame) {
    const { world } = this.#sockets;
    if (frame.type === 'hello') return this.#hello(frame);
    const who = /** @type {string} */ (this.user);
    switch (frame.type) {
      case 'message.send':
        return world.sendMessage(who, frame, this.session);
      case 'sync':
        return eventPage(world.roomOf(who, frame.conversation), frame.after, frame.limit);
      case 'sync.me': {
        const log = world.users.get(who)?.log ?? [];
        return {
          events: log.slice(Number(frame.cursor)),
          cursor: String(log.length),
          more: false,
          reset: false,
        };
      }
      case 'conversations':
        return { heads: world.headsFor(who) };
      case 'read':
        return { seq: world.moveMarks(who, frame.conversation, { read: frame.seq }) };
      case 'received':
        for (const [id, received] of Object.entries(frame.marks))
          world.moveMarks(who, id, { received });
        return {};
      case 'presence.watch':
        return {
          states: frame.users.map((/** @type {string} */ user) => ({
            user,
            state: this.#isOnline(user) ? 'online' : 'offline',
          })),
        };
      default:
        return {};
    }
  }

  /** @param {string} user */
  #isOnline(user) {
    return [...this.#sockets.open].some((wire) => wire.user === user);
  }
}
