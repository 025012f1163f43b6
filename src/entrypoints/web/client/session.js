/**
 * Who is signed in on this device, and the access token in memory.
 *
 * In a page the refresh token is a cookie that scripts can't read. Tabs share it, so a refresh
 * holds a lock that all tabs of this origin see: the second tab uses the cookie which the first
 * was given. A program without cookies keeps the refresh token in memory, too.
 */

import { NoAnswer, Refused } from './errors.js';

/** @import {Api, Credentials} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {Tokens} from './types.js' */
/**
 * Runs work under a lock of this origin.
 * @typedef {<T>(name: string, work: () => Promise<T>) => Promise<T>} Exclusively
 */

/** A token is renewed after this share of its life. */
const SHARE = 0.8;
const SHORTEST_LIFE = 5_000;

export class Session {
  #api;
  #clock;
  #exclusively;
  #onChange;
  /** @type {string | null} */
  #token = null;
  /** @type {string | undefined} */
  #refreshToken;
  /** @type {Promise<string> | null} */
  #refreshing = null;
  #renewAt = 0;
  /** After leaving, a call that is still under way must not sign in again. */
  #left = false;
  /** @type {() => void} */
  #cancel = () => {};

  /**
   * @param {Api} api
   * @param {Clock} clock
   * @param {Exclusively} exclusively
   * @param {(tokens: Tokens) => void} onChange called with each new access token
   */
  constructor(api, clock, exclusively, onChange) {
    this.#api = api;
    this.#clock = clock;
    this.#exclusively = exclusively;
    this.#onChange = onChange;
  }

  /** @param {Credentials} credentials @returns {Promise<Tokens>} */
  async register(credentials) {
    this.#left = false;
    return this.#keep(await this.#api.register(credentials));
  }

  /** @param {Credentials} credentials @returns {Promise<Tokens>} */
  async logIn(credentials) {
    this.#left = false;
    return this.#keep(await this.#api.logIn(credentials));
  }

  /**
   * A token that is good now. Concurrent callers share one refresh.
   * @param {boolean} [fresh] do not trust the present one
   * @returns {Promise<string>}
   * @throws {Refused} where this device is signed out
   */
  token(fresh = false) {
    if (this.#token && !fresh && this.#clock.now() < this.#renewAt)
      return Promise.resolve(this.#token);
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Take up what an earlier page left in the cookie. */
  resume() {
    this.#left = false;
  }

  /** Forget the token; the service is told elsewhere. */
  forget() {
    this.#left = true;
    this.#token = null;
    this.#refreshToken = undefined;
    this.#cancel();
  }

  async #refresh() {
    if (this.#left) throw new Refused({ code: 'unauthenticated' });
    const tokens = await this.#exclusively('parlour-refresh', () =>
      this.#api.refresh(this.#refreshToken),
    );
    if (this.#left) throw new Refused({ code: 'unauthenticated' });
    return this.#keep(tokens).access_token;
  }

  /** @param {Tokens} tokens */
  #keep(tokens) {
    this.#token = tokens.access_token;
    this.#refreshToken = tokens.refresh_token;
    const now = this.#clock.now();
    const left = Date.parse(tokens.access_expires_at) - (now + this.#api.skew);
    const life = Math.max(SHORTEST_LIFE, left * SHARE);
    this.#renewAt = now + life;
    this.#cancel();
    this.#cancel = this.#clock.after(life, () => this.#renew());
    this.#onChange(tokens);
    return tokens;
  }

  /** A refusal shows at the next use; a network failure passes by itself. */
  async #renew() {
    try {
      await this.token(true);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    }
  }
}
