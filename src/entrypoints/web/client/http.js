/**
 * Calls over HTTP: JSON out and in, errors as what they are, a token where one is needed.
 *
 * A call answers with the parsed body, throws `Refused` with the code of the problem document, or
 * `NoAnswer` where the network failed. Where a session is attached, calls carry its access token,
 * and one that is refused as expired is repeated once with a fresh one.
 */

import { NoAnswer, Refused } from './errors.js';

/** @typedef {Record<string, string | number | undefined | null>} Query */
/** @typedef {{token(fresh?: boolean): Promise<string>}} TokenSource */
/** @typedef {typeof globalThis.fetch} Fetch */

const ANSWER_WITHIN = 20_000;

export class Http {
  #fetch;
  #base;
  /** @type {TokenSource | null} */
  #session = null;
  /** Milliseconds to add to this machine's clock to get the service's. */
  skew = 0;

  /** @param {Fetch} fetcher @param {string} base origin of the service */
  constructor(fetcher, base) {
    this.#fetch = fetcher;
    this.#base = base;
  }

  /** @param {TokenSource} session */
  attach(session) {
    this.#session = session;
  }

  /** A call that needs no token. @param {string} path @param {object} body */
  async open(path, body) {
    return this.#read(await this.#request('POST', path, body, {}));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {Query} [query]
   * @returns {Promise<any>}
   */
  async call(method, path, body, query) {
    const target = path + search(query);
    try {
      return await this.#authorized(method, target, body, false);
    } catch (error) {
      const expired = error instanceof Refused && error.code === 'token_expired';
      if (!expired || !this.#session) throw error;
      return this.#authorized(method, target, body, true);
    }
  }

  /**
   * @param {string} method
   * @param {string} target
   * @param {object | undefined} body
   * @param {boolean} fresh
   */
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
      throw new NoAnswer(
        error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'offline',
      );
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
  const pairs = Object.entries(query ?? {}).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/**
 * A proxy in between answers with something else than a problem document.
 * @param {Response} response
 * @param {any} body
 */
function problem(response, body) {
  if (typeof body?.code === 'string') return body;
  return {
    code: response.status >= 500 ? 'unavailable' : 'bad_request',
    temporary: response.status >= 500,
  };
}
