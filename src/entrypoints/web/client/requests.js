/**
 * Requests in flight on one socket: numbered, answered, timed out, and never more than allowed.
 */

import { NoAnswer, Refused } from './errors.js';

/** @import {Clock} from './clock.js' */
/** @import {Frame} from './types.js' */
/**
 * @typedef {object} Pending
 * @property {Record<string, unknown>} frame
 * @property {(answer: Frame) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {() => void} cancel stops its timer
 */

/** The protocol allows 32; one is left for the requests of the link itself. */
const IN_FLIGHT = 31;

export class Requests {
  #clock;
  #write;
  #next = 1;
  /** @type {Map<number, Pending>} */
  #flying = new Map();
  /** @type {number[]} ids that wait for room */
  #waiting = [];

  /**
   * @param {Clock} clock
   * @param {(frame: Record<string, unknown>) => void} write puts a frame on the socket
   */
  constructor(clock, write) {
    this.#clock = clock;
    this.#write = write;
  }

  /**
   * Send a request and wait for its answer.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   * @param {number} timeout milliseconds
   * @returns {Promise<Frame>} the `ok` frame
   * @throws {Refused} where the service answers with `error`
   * @throws {NoAnswer} where the time is up or the socket is lost
   */
  send(type, fields, timeout) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeout, () => this.#fail(id, new NoAnswer('timeout')));
      this.#flying.set(id, { frame: { ...fields, type, id }, resolve, reject, cancel });
      this.#waiting.push(id);
      this.#fill();
    });
  }

  /**
   * Take an `ok` or `error` frame.
   * @param {Frame} frame
   */
  answer(frame) {
    const pending = this.#take(frame.id);
    if (!pending) return;
    if (frame.type === 'ok') pending.resolve(frame);
    else pending.reject(new Refused(/** @type {any} */ (frame)));
    this.#fill();
  }

  /** Fail everything: the socket is gone, nobody will answer. */
  lose() {
    this.#waiting = [];
    for (const id of [...this.#flying.keys()]) this.#take(id)?.reject(new NoAnswer('lost'));
  }

  /**
   * @param {number} id
   * @param {Error} error
   */
  #fail(id, error) {
    this.#take(id)?.reject(error);
    this.#fill();
  }

  /** @param {number} id */
  #take(id) {
    const pending = this.#flying.get(id);
    this.#flying.delete(id);
    pending?.cancel();
    return pending;
  }

  #fill() {
    while (this.#waiting.length && this.#flying.size - this.#waiting.length < IN_FLIGHT) {
      const pending = this.#flying.get(/** @type {number} */ (this.#waiting.shift()));
      if (pending) this.#write(pending.frame);
    }
  }
}
