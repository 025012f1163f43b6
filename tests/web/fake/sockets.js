/** The WebSockets of the fake service, which tests can close, delay and inspect. */

import { eventPage } from './pages.js';
import { ServiceRefusal, newId } from './service.js';

/** @import {FakeHttp} from './http.js' */
/** @import {FakeService} from './service.js' */

export class FakeSockets {
  /** @type {Set<FakeSocket>} */
  open = new Set();
  /** Frames that the service received, in order. @type {any[]} */
  frames = [];
  /** Types of requests that get no answer. @type {Set<string>} */
  dropAnswersTo = new Set();
  /**
   * Handlers by type, called instead of the service: return the answer or throw a ServiceRefusal.
   * @type {Map<string, (frame: any) => any>}
   */
  overrides = new Map();
  acceptsConnections = true;
  /** Level of the protocol. */
  level = 1;
  /** Milliseconds before a frame is delivered. */
  latency = 0;

  /** @param {FakeService} service @param {FakeHttp} routes */
  constructor(service, routes) {
    this.service = service;
    this.routes = routes;
    service.publish = (users, frame, session) => {
      const seen = { ...frame };
      for (const socket of this.open) {
        if (socket.user && users.includes(socket.user) && (!session || socket.session !== session))
          socket.receive(seen);
      }
    };
  }

  connect = () => {
    const socket = new FakeSocket(this);
    queueMicrotask(() =>
      this.acceptsConnections && this.routes.isReachable
        ? socket.accept()
        : socket.closeWith(1006),
    );
    return socket;
  };

  /** Close every socket. @param {number} [code] */
  closeWith(code = 1006) {
    for (const socket of [...this.open]) socket.closeWith(code);
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

  /** @param {FakeSockets} sockets */
  constructor(sockets) {
    this.#sockets = sockets;
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

  /** Deliver a frame of the service. @param {any} frame */
  receive(frame) {
    const deliver = () =>
      this.readyState === 1 && this.onmessage?.({ data: JSON.stringify(frame) });
    if (this.#sockets.latency) setTimeout(deliver, this.#sockets.latency);
    else queueMicrotask(deliver);
  }

  /** Receive a frame of the client. @param {string} text */
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
    const { service, routes, level } = this.#sockets;
    const user = routes.tokens.get(frame.token);
    if (!user) return this.closeWith(4501);
    this.user = user;
    const cursor = String(service.users.get(user)?.log.length);
    return {
      type: 'welcome',
      session: this.session,
      user,
      level,
      features: ['notifications', 'push'],
      limits: { frame: 131_072 },
      heartbeat_ms: 25_000,
      time: service.timestamp(),
      cursor: frame.cursor ?? cursor,
      heads: service.headsFor(user),
      more: false,
    };
  }

  /** @param {any} frame */
  #answer(frame) {
    const { service } = this.#sockets;
    if (frame.type === 'hello') return this.#hello(frame);
    const who = /** @type {string} */ (this.user);
    switch (frame.type) {
      case 'message.send':
        return service.sendMessage(who, frame, this.session);
      case 'sync':
        return eventPage(service.roomOf(who, frame.conversation), frame.after, frame.limit);
      case 'sync.me': {
        const log = service.users.get(who)?.log ?? [];
        return {
          events: log.slice(Number(frame.cursor)),
          cursor: String(log.length),
          more: false,
          reset: false,
        };
      }
      case 'conversations':
        return { heads: service.headsFor(who) };
      case 'read':
        return { seq: service.moveMarks(who, frame.conversation, { read: frame.seq }) };
      case 'received':
        for (const [id, received] of Object.entries(frame.marks))
          service.moveMarks(who, id, { received });
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
    return [...this.#sockets.open].some((socket) => socket.user === user);
  }
}
