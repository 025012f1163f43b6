/**
 * HTTP calls: JSON requests and answers, errors as exceptions, access tokens where they are needed.
 *
 * A call returns the parsed body. It throws `ServiceError` with the code of the problem document
 * (RFC 9457), or `NetworkError` if there was no answer. With a session attached, calls carry its
 * access token; a call that fails with `token_expired` is repeated once with a new token.
 */

import { NetworkError, ServiceError } from './errors.js';

/** @typedef {Record<string, string | number | undefined | null>} Query */
/** @typedef {{token(fresh?: boolean): Promise<string>}} TokenProvider */
/** @typedef {typeof globalThis.fetch} Fetch */

const REQUEST_TIMEOUT_MS = 20_000;

export class HttpClient {
  #fetch;
  #base;
  /** @type {TokenProvider | null} */
  #session = null;
  /**
   * Milliseconds to add to the local clock to get the service's time, from the last `Date` header.
   */
  clockSkew = 0;

  /**
   * @param {Fetch} fetcher
   * @param {string} base origin or path prefix of the service
   */
  constructor(fetcher, base) {
    this.#fetch = fetcher;
    this.#base = base;
  }

  /** @param {TokenProvider} session */
  attachSession(session) {
    this.#session = session;
  }

  /**
   * Make a POST call without a token, or a GET call if there is no body.
   * @param {string} path
   * @param {object} [body]
   */
  async callWithoutToken(path, body) {
    return this.#parse(await this.#request(body ? 'POST' : 'GET', path, body, {}));
  }

  /**
   * Make a call with a token.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {Query} [query]
   * @returns {Promise<any>}
   */
  async call(method, path, body, query) {
    const target = path + queryString(query);
    try {
      return await this.#callWithToken(method, target, body, false);
    } catch (error) {
      const expired = error instanceof ServiceError && error.code === 'token_expired';
      if (!expired || !this.#session) throw error;
      return this.#callWithToken(method, target, body, true);
    }
  }

  /**
   * @param {string} method
   * @param {string} target
   * @param {object | undefined} body
   * @param {boolean} refresh
   */
  async #callWithToken(method, target, body, refresh) {
    const token = await this.#session?.token(refresh);
    /** @type {Record<string, string>} */
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    return this.#parse(await this.#request(method, target, body, headers));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object | undefined} body
   * @param {Record<string, string>} headers
   */
  async #request(method, path, body, headers) {
    // Called as a plain function: the browser's fetch fails when it is called as a method.
    const fetch = this.#fetch;
    try {
      return await fetch(this.#base + path, {
        method,
        headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
        body: body && JSON.stringify(body),
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
    } catch (error) {
      throw new NetworkError(
        error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'offline',
      );
    }
  }

  /** @param {Response} response */
  async #parse(response) {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (date) this.clockSkew = date - Date.now();
    if (response.status === 204) return undefined;
    const body = await response.json().catch(() => null);
    if (response.ok) return body;
    throw new ServiceError({ ...problemOf(response, body), status: response.status });
  }
}

/** @param {Query} [query] */
function queryString(query) {
  const pairs = Object.entries(query ?? {}).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/**
 * The problem of a failed response. A proxy in between answers without a problem document.
 * @param {Response} response
 * @param {any} body
 */
function problemOf(response, body) {
  if (typeof body?.code === 'string') return body;
  return {
    code: response.status >= 500 ? 'unavailable' : 'bad_request',
    temporary: response.status >= 500,
  };
}
