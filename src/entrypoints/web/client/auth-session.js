/**
 * The login session of this device and its access token, which is kept in memory.
 *
 * In a page the refresh token is a cookie that scripts can't read. Tabs share the cookie, so a
 * refresh holds a lock of this origin: a second tab then uses the cookie that the first one
 * received. A program without cookies keeps the refresh token in memory as well.
 */

import { NetworkError, ServiceError } from './errors.js';

/** @import {Api, Credentials} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {Tokens} from './types.js' */
/**
 * Runs a function while holding a lock that all tabs of this origin share.
 * @typedef {<T>(name: string, work: () => Promise<T>) => Promise<T>} WithLock
 */

/** An access token is renewed after this share of its lifetime. */
const RENEW_AT_SHARE = 0.8;
const MIN_LIFETIME_MS = 5_000;

export class AuthSession {
  #api;
  #clock;
  #withLock;
  #onTokens;
  /** @type {string | null} */
  #token = null;
  /** @type {string | undefined} */
  #refreshToken;
  /** @type {Promise<string> | null} */
  #refreshing = null;
  #renewAt = 0;
  /** Prevents a call that is still running at log-out from logging in again. */
  #isSignedOut = false;
  /** @type {() => void} */
  #cancelRenewal = () => {};

  /**
   * @param {Api} api
   * @param {Clock} clock
   * @param {WithLock} withLock
   * @param {(tokens: Tokens) => void} onTokens called with each new access token
   */
  constructor(api, clock, withLock, onTokens) {
    this.#api = api;
    this.#clock = clock;
    this.#withLock = withLock;
    this.#onTokens = onTokens;
  }

  /**
   * Create an account and log in.
   * @param {Credentials} credentials
   * @returns {Promise<Tokens>}
   */
  async register(credentials) {
    this.#isSignedOut = false;
    return this.#storeTokens(await this.#api.register(credentials));
  }

  /**
   * Log in on this device.
   * @param {Credentials} credentials
   * @returns {Promise<Tokens>}
   */
  async logIn(credentials) {
    this.#isSignedOut = false;
    return this.#storeTokens(await this.#api.logIn(credentials));
  }

  /**
   * Return a valid access token. Concurrent callers share one refresh.
   * @param {boolean} [refresh] get a new token even if the current one has not expired
   * @returns {Promise<string>}
   * @throws {ServiceError} if this device is logged out
   */
  token(refresh = false) {
    if (this.#token && !refresh && this.#clock.now() < this.#renewAt)
      return Promise.resolve(this.#token);
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Continue the session of an earlier page, whose refresh token is in the cookie. */
  resume() {
    this.#isSignedOut = false;
  }

  /** Forget the tokens. The caller tells the service. */
  clear() {
    this.#isSignedOut = true;
    this.#token = null;
    this.#refreshToken = undefined;
    this.#cancelRenewal();
  }

  async #refresh() {
    if (this.#isSignedOut) throw new ServiceError({ code: 'unauthenticated' });
    const tokens = await this.#withLock('parlour-refresh', () =>
      this.#api.refresh(this.#refreshToken),
    );
    if (this.#isSignedOut) throw new ServiceError({ code: 'unauthenticated' });
    return this.#storeTokens(tokens).access_token;
  }

  /** @param {Tokens} tokens */
  #storeTokens(tokens) {
    this.#token = tokens.access_token;
    this.#refreshToken = tokens.refresh_token;
    const now = this.#clock.now();
    const remaining = Date.parse(tokens.access_expires_at) - (now + this.#api.clockSkew);
    const lifetime = Math.max(MIN_LIFETIME_MS, remaining * RENEW_AT_SHARE);
    this.#renewAt = now + lifetime;
    this.#cancelRenewal();
    this.#cancelRenewal = this.#clock.after(lifetime, () => this.#renew());
    this.#onTokens(tokens);
    return tokens;
  }

  /**
   * Renew the token in the background. A refusal shows at the next use; after a network error the
   * next use tries again.
   */
  async #renew() {
    try {
      await this.token(true);
    } catch (error) {
      if (!(error instanceof ServiceError || error instanceof NetworkError)) throw error;
    }
  }
}
