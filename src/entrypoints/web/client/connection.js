/**
 * A connection that survives individual WebSockets: the rest of the client sees one lasting
 * connection.
 *
 * It connects, sends `hello`, answers and watches the heartbeat, reconnects with jittered back-off,
 * obeys the close codes, and leaves a draining node at a random moment within the given spread.
 */

import { TOKEN_EXPIRED, UNAUTHENTICATED, closeAction, retryDelay } from './close-codes.js';
import { NetworkError, ServiceError } from './errors.js';
import { PendingRequests, isTooLong } from './pending-requests.js';

/** @import {Clock} from './clock.js' */
/** @import {Frame, ConnectionState} from './types.js' */
/**
 * @typedef {object} SocketLike what this module needs of a WebSocket
 * @property {number} readyState
 * @property {(data: string) => void} send
 * @property {(code?: number, reason?: string) => void} close
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 */
/**
 * @typedef {object} ConnectionOptions
 * @property {(protocol: string) => SocketLike} connect opens a WebSocket
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(fresh: boolean) => Promise<string>} token an access token; `fresh`: refresh it first
 * @property {() => Record<string, unknown>} hello further fields of the hello frame
 * @property {(state: ConnectionState) => void} onState
 * @property {(welcome: Frame) => void} onWelcome
 * @property {(frame: Frame) => void} onFrame
 */

const SUBPROTOCOL = 'parlour.v1';
const PROTOCOL_VERSION = 1;
const OPEN = 1;
const WELCOME_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const PROBE_TIMEOUT_MS = 3_000;
const HEARTBEAT_GRACE_MS = 10_000;
/** A connection that lasted this long resets the back-off. */
const STABLE_AFTER_MS = 10_000;

export class Connection {
  #options;
  #pendingRequests;
  /** @type {SocketLike | null} */
  #socket = null;
  /** @type {ConnectionState} */
  #state = { phase: 'idle' };
  #attempt = 0;
  #mustRefreshToken = false;
  #lastReceivedAt = 0;
  #heartbeatMs = 25_000;
  /** Bytes of the longest frame that the service takes. */
  #longestFrame = Infinity;
  #generation = 0;
  /** @type {Set<() => void>} cancels of the timers of this connection */
  #timers = new Set();

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
    this.#pendingRequests = new PendingRequests(options.clock, (frame) => this.#sendFrame(frame));
  }

  /** Whether the service has accepted the connection. @returns {boolean} */
  get online() {
    return this.#state.phase === 'online';
  }

  /** Connect, unless connected or connecting. */
  start() {
    if (this.#state.phase === 'idle' || this.#state.phase === 'stopped') this.#connect();
  }

  /** Disconnect until `start` is called. */
  stop() {
    this.#closeSocket();
    this.#attempt = 0;
    this.#setState({ phase: 'idle' });
  }

  /** Reconnect at once instead of waiting for the back-off. */
  reconnectNow() {
    if (this.#state.phase !== 'waiting' && this.#state.phase !== 'stopped') return;
    this.#closeSocket();
    this.#connect();
  }

  /** Check whether the connection is alive; if no frame arrives within 3 s, reconnect. */
  probe() {
    if (!this.online) return this.reconnectNow();
    const sentAt = this.#options.clock.now();
    this.#sendFrame({ type: 'ping' });
    this.#setTimer(PROBE_TIMEOUT_MS, () => this.#lastReceivedAt < sentAt && this.#onClose(1006));
  }

  /**
   * Send a request and wait for its answer.
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @param {number} [timeout] milliseconds
   * @returns {Promise<Frame>} the `ok` frame
   * @throws {ServiceError} the service answered with an error, or the frame is too long for it
   * @throws {NetworkError} offline, connection lost, or timeout
   */
  request(type, fields = {}, timeout = REQUEST_TIMEOUT_MS) {
    if (!this.online) return Promise.reject(new NetworkError('offline'));
    if (isTooLong(type, fields, this.#longestFrame))
      return Promise.reject(new ServiceError({ code: 'too_large' }));
    return this.#pendingRequests.send(type, fields, timeout);
  }

  /**
   * Send a frame that has no answer. While offline it is dropped.
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   */
  send(type, fields = {}) {
    if (this.online) this.#sendFrame({ ...fields, type });
  }

  async #connect() {
    this.#setState({ phase: 'connecting', attempt: this.#attempt });
    const generation = ++this.#generation;
    let token;
    try {
      token = await this.#options.token(this.#mustRefreshToken);
    } catch (error) {
      if (generation !== this.#generation) return;
      const refused = error instanceof ServiceError && !error.temporary;
      return refused ? this.#stopWith(UNAUTHENTICATED) : this.#scheduleReconnect();
    }
    if (generation !== this.#generation) return;
    this.#mustRefreshToken = false;
    this.#openSocket(token);
  }

  /** @param {string} token */
  #openSocket(token) {
    const socket = this.#options.connect(SUBPROTOCOL);
    this.#socket = socket;
    this.#setTimer(WELCOME_TIMEOUT_MS, () => !this.online && this.#onClose(1006));
    socket.onopen = () =>
      this.#pendingRequests
        .send(
          'hello',
          { v: PROTOCOL_VERSION, token, ...this.#options.hello() },
          WELCOME_TIMEOUT_MS,
        )
        .catch(() => {});
    socket.onmessage = (event) => this.#onMessage(event.data);
    socket.onclose = (event) => this.#onClose(event.code);
  }

  /** @param {string} text */
  #onMessage(text) {
    this.#lastReceivedAt = this.#options.clock.now();
    /** @type {Frame} */
    const frame = JSON.parse(text);
    switch (frame.type) {
      case 'ping':
        return this.#sendFrame({ type: 'pong' });
      case 'pong':
        return;
      case 'welcome':
        return this.#onWelcome(frame);
      case 'ok':
      case 'error':
        return this.#pendingRequests.settle(frame);
      case 'drain':
        return this.#onDrain(frame);
      default:
        return this.#options.onFrame(frame);
    }
  }

  /** @param {Frame} welcome */
  #onWelcome(welcome) {
    this.#pendingRequests.settle({ ...welcome, type: 'ok' });
    this.#heartbeatMs = welcome.heartbeat_ms ?? this.#heartbeatMs;
    this.#longestFrame = welcome.limits?.frame ?? this.#longestFrame;
    this.#setTimer(STABLE_AFTER_MS, () => {
      this.#attempt = 0;
    });
    this.#watchHeartbeat();
    this.#setState({ phase: 'online' });
    this.#options.onWelcome(welcome);
  }

  /**
   * Send a ping after one silent heartbeat interval, and reconnect after a further 10 s of silence.
   */
  #watchHeartbeat() {
    const silence = this.#options.clock.now() - this.#lastReceivedAt;
    if (silence >= this.#heartbeatMs + HEARTBEAT_GRACE_MS) return this.#onClose(1006);
    if (silence >= this.#heartbeatMs) this.#sendFrame({ type: 'ping' });
    this.#setTimer(
      silence >= this.#heartbeatMs ? HEARTBEAT_GRACE_MS : this.#heartbeatMs - silence,
      () => this.#watchHeartbeat(),
    );
  }

  /** @param {Frame} drain */
  #onDrain(drain) {
    const delay = (drain.after_ms ?? 0) + this.#options.random() * (drain.spread_ms ?? 0);
    this.#setTimer(delay, () => {
      this.#closeSocket();
      this.#connect();
    });
  }

  /** @param {number} code close code; 1006 if the connection is dead */
  #onClose(code) {
    this.#closeSocket();
    const action = closeAction(code);
    if (action === 'stop') return this.#stopWith(code);
    this.#mustRefreshToken = code === TOKEN_EXPIRED;
    // The first refresh is routine and needs no back-off; a second one in a row is a problem.
    if (this.#mustRefreshToken && this.#attempt === 0) {
      this.#attempt = 1;
      return this.#connect();
    }
    return this.#scheduleReconnect();
  }

  #scheduleReconnect() {
    const { clock, random } = this.#options;
    const delay = retryDelay(this.#attempt, random);
    this.#attempt += 1;
    this.#setState({ phase: 'waiting', until: clock.now() + delay, attempt: this.#attempt });
    this.#setTimer(delay, () => this.#connect());
  }

  /** @param {number} code */
  #stopWith(code) {
    this.#setState({ phase: 'stopped', code });
  }

  /** Drop the socket without waiting for `onclose`, which a dead peer delays for a long time. */
  #closeSocket() {
    this.#generation += 1;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
    this.#pendingRequests.failAll();
  }

  /**
   * @param {number} ms
   * @param {() => unknown} callback
   */
  #setTimer(ms, callback) {
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }

  /** @param {Record<string, unknown>} frame */
  #sendFrame(frame) {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** @param {ConnectionState} state */
  #setState(state) {
    this.#state = state;
    this.#options.onState(state);
  }
}
