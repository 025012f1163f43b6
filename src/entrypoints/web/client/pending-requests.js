/** Requests of one socket that wait for an answer: numbered, timed out, and limited in number. */

import { NetworkError, ServiceError } from './errors.js';

/** @import {Clock} from './clock.js' */
/** @import {Frame} from './types.js' */
/**
 * @typedef {object} PendingRequest
 * @property {Record<string, unknown>} frame
 * @property {(answer: Frame) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {() => void} cancel stops its timer
 */

/** The protocol allows 32 requests in flight; one is reserved for the connection itself. */
const MAX_IN_FLIGHT = 31;

export class PendingRequests {
  #clock;
  #sendFrame;
  #nextId = 1;
  /** @type {Map<number, PendingRequest>} */
  #pending = new Map();
  /** @type {number[]} ids of requests that are not sent yet */
  #queue = [];

  /**
   * @param {Clock} clock
   * @param {(frame: Record<string, unknown>) => void} write sends a frame
   */
  constructor(clock, write) {
    this.#clock = clock;
    this.#sendFrame = write;
  }

  /**
   * Send a request and wait for its answer.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   * @param {number} timeout milliseconds
   * @returns {Promise<Frame>} the `ok` frame
   * @throws {ServiceError} where the service answers with `error`
   * @throws {NetworkError} where the time is up or the socket is lost
   */
  send(type, fields, timeout) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeout, () => this.#fail(id, new NetworkError('timeout')));
      this.#pending.set(id, { frame: { ...fields, type, id }, resolve, reject, cancel });
      this.#queue.push(id);
      this.#sendQueued();
    });
  }

  /**
   * Settle a request with its `ok` or `error` frame.
   * @param {Frame} frame
   */
  settle(frame) {
    const pending = this.#take(frame.id);
    if (!pending) return;
    if (frame.type === 'ok') pending.resolve(frame);
    else pending.reject(new ServiceError(/** @type {any} */ (frame)));
    this.#sendQueued();
  }

  /** Fail all requests, because the socket is gone. */
  failAll() {
    this.#queue = [];
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(new NetworkError('lost'));
  }

  /**
   * @param {number} id
   * @param {Error} error
   */
  #fail(id, error) {
    this.#take(id)?.reject(error);
    this.#sendQueued();
  }

  /** @param {number} id */
  #take(id) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.cancel();
    return pending;
  }

  #sendQueued() {
    while (this.#queue.length && this.#pending.size - this.#queue.length < MAX_IN_FLIGHT) {
      const pending = this.#pending.get(/** @type {number} */ (this.#queue.shift()));
      if (pending) this.#sendFrame(pending.frame);
    }
  }
}

/**
 * Whether a request is longer than the service takes. It would close the socket with 1009, and again
 * after each reconnect.
 * @param {string} type
 * @param {Record<string, unknown>} fields
 * @param {number} limit bytes
 */
export function isTooLong(type, fields, limit) {
  const text = JSON.stringify({ ...fields, type, id: Number.MAX_SAFE_INTEGER });
  // A UTF-16 unit takes at most three bytes.
  return text.length * 3 > limit && new TextEncoder().encode(text).length > limit;
}
