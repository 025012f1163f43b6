/**
 * The link: one WebSocket after another, so that the rest of the client sees a single lasting
 * line.
 *
 * It connects, says hello, answers and watches the heartbeat, comes back with full jitter, follows
 * the close codes and leaves a draining node at a random moment of the spread it is given.
 */

import { TOKEN_EXPIRED, UNAUTHENTICATED, actionOf, retryDelay } from './codes.js';
import { NoAnswer, Refused } from './errors.js';
import { Requests } from './requests.js';

/** @import {Clock} from './clock.js' */
/** @import {Frame, LinkState} from './types.js' */
/**
 * @typedef {object} Wire what this module needs of a WebSocket
 * @property {number} readyState
 * @property {(data: string) => void} send
 * @property {(code?: number, reason?: string) => void} close
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 */
/**
 * @typedef {object} LinkOptions
 * @property {(protocol: string) => Wire} connect opens a WebSocket
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(fresh: boolean) => Promise<string>} token an access token; `fresh`: refresh it first
 * @property {() => Record<string, unknown>} hello further fields of the hello frame
 * @property {(state: LinkState) => void} onState
 * @property {(welcome: Frame) => void} onWelcome
 * @property {(frame: Frame) => void} onFrame
 */

const PROTOCOL = 'parlour.v1';
const VERSION = 1;
const OPEN = 1;
const WELCOME_WITHIN = 10_000;
const ANSWER_WITHIN = 15_000;
const PROBE_WITHIN = 3_000;
const GRACE = 10_000;
/** A line that held this long was good: the next loss counts as a first one. */
const STEADY = 10_000;

export class Link {
  #options;
  #requests;
  /** @type {Wire | null} */
  #wire = null;
  /** @type {LinkState} */
  #state = { phase: 'idle' };
  #attempt = 0;
  #fresh = false;
  #heard = 0;
  #beat = 25_000;
  #generation = 0;
  /** @type {Set<() => void>} cancels of the timers of this connection */
  #timers = new Set();

  /** @param {LinkOptions} options */
  constructor(options) {
    this.#options = options;
    this.#requests = new Requests(options.clock, (frame) => this.#write(frame));
  }

  /** @returns {boolean} */
  get online() {
    return this.#state.phase === 'online';
  }

  /** Connect, unless connected or connecting. */
  start() {
    if (this.#state.phase === 'idle' || this.#state.phase === 'stopped') this.#open();
  }

  /** Hang up and stay so until `start`. */
  stop() {
    this.#drop();
    this.#attempt = 0;
    this.#enter({ phase: 'idle' });
  }

  /** Cut a wait short: the user asked, or the network came back. */
  retryNow() {
    if (this.#state.phase !== 'waiting' && this.#state.phase !== 'stopped') return;
    this.#drop();
    this.#open();
  }

  /** Ask for a sign of life now: the machine woke up, or the browser says that it is offline. */
  probe() {
    if (!this.online) return this.retryNow();
    const asked = this.#options.clock.now();
    this.#write({ type: 'ping' });
    this.#later(PROBE_WITHIN, () => this.#heard < asked && this.#lost(1006));
  }

  /**
   * Send a request.
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @param {number} [timeout] milliseconds
   * @returns {Promise<Frame>} its `ok`
   * @throws {Refused} the service said no
   * @throws {NoAnswer} offline, lost on the way, or too late
   */
  request(type, fields = {}, timeout = ANSWER_WITHIN) {
    if (!this.online) return Promise.reject(new NoAnswer('offline'));
    return this.#requests.send(type, fields, timeout);
  }

  /**
   * Send a frame that has no answer; it is dropped while offline.
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   */
  tell(type, fields = {}) {
    if (this.online) this.#write({ ...fields, type });
  }

  async #open() {
    this.#enter({ phase: 'connecting', attempt: this.#attempt });
    const generation = ++this.#generation;
    let token;
    try {
      token = await this.#options.token(this.#fresh);
    } catch (error) {
      if (generation !== this.#generation) return;
      const refused = error instanceof Refused && !error.temporary;
      return refused ? this.#halt(UNAUTHENTICATED) : this.#wait();
    }
    if (generation !== this.#generation) return;
    this.#fresh = false;
    this.#dial(token);
  }

  /** @param {string} token */
  #dial(token) {
    const wire = this.#options.connect(PROTOCOL);
    this.#wire = wire;
    this.#later(WELCOME_WITHIN, () => !this.online && this.#lost(1006));
    wire.onopen = () =>
      this.#requests
        .send('hello', { v: VERSION, token, ...this.#options.hello() }, WELCOME_WITHIN)
        .catch(() => {});
    wire.onmessage = (event) => this.#hear(event.data);
    wire.onclose = (event) => this.#lost(event.code);
  }

  /** @param {string} text */
  #hear(text) {
    this.#heard = this.#options.clock.now();
    /** @type {Frame} */
    const frame = JSON.parse(text);
    switch (frame.type) {
      case 'ping':
        return this.#write({ type: 'pong' });
      case 'pong':
        return;
      case 'welcome':
        return this.#greet(frame);
      case 'ok':
      case 'error':
        return this.#requests.answer(frame);
      case 'drain':
        return this.#leave(frame);
      default:
        return this.#options.onFrame(frame);
    }
  }

  /** @param {Frame} welcome */
  #greet(welcome) {
    this.#requests.answer({ ...welcome, type: 'ok' });
    this.#beat = welcome.heartbeat_ms ?? this.#beat;
    this.#later(STEADY, () => {
      this.#attempt = 0;
    });
    this.#listen();
    this.#enter({ phase: 'online' });
    this.#options.onWelcome(welcome);
  }

  /** Hear the heart: ask after a silence, give up after a longer one. */
  #listen() {
    const silence = this.#options.clock.now() - this.#heard;
    if (silence >= this.#beat + GRACE) return this.#lost(1006);
    if (silence >= this.#beat) this.#write({ type: 'ping' });
    this.#later(silence >= this.#beat ? GRACE : this.#beat - silence, () => this.#listen());
  }

  /** @param {Frame} drain */
  #leave(drain) {
    const moment = (drain.after_ms ?? 0) + this.#options.random() * (drain.spread_ms ?? 0);
    this.#later(moment, () => {
      this.#drop();
      this.#open();
    });
  }

  /** @param {number} code close code, or 1006 where the line is dead */
  #lost(code) {
    this.#drop();
    const action = actionOf(code);
    if (action === 'stop') return this.#halt(code);
    this.#fresh = code === TOKEN_EXPIRED;
    // A first refresh is routine and needs no wait; the second in a row is trouble.
    if (this.#fresh && this.#attempt === 0) {
      this.#attempt = 1;
      return this.#open();
    }
    return this.#wait();
  }

  #wait() {
    const { clock, random } = this.#options;
    const delay = retryDelay(this.#attempt, random);
    this.#attempt += 1;
    this.#enter({ phase: 'waiting', until: clock.now() + delay, attempt: this.#attempt });
    this.#later(delay, () => this.#open());
  }

  /** @param {number} code */
  #halt(code) {
    this.#enter({ phase: 'stopped', code });
  }

  /** Forget the socket at once: a dead peer would let `onclose` wait for long. */
  #drop() {
    this.#generation += 1;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    const wire = this.#wire;
    this.#wire = null;
    if (wire) {
      wire.onopen = wire.onmessage = wire.onclose = null;
      wire.close(1000);
    }
    this.#requests.lose();
  }

  /**
   * @param {number} ms
   * @param {() => unknown} deed
   */
  #later(ms, deed) {
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(cancel);
      deed();
    });
    this.#timers.add(cancel);
  }

  /** @param {Record<string, unknown>} frame */
  #write(frame) {
    if (this.#wire?.readyState === OPEN) this.#wire.send(JSON.stringify(frame));
  }

  /** @param {LinkState} state */
  #enter(state) {
    this.#state = state;
    this.#options.onState(state);
  }
}
