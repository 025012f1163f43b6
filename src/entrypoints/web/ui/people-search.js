/**
 * Finding people while a name is typed: a moment after the last key, and only the last answer
 * counts.
 */

import { codeOf } from '../client/errors.js';
import { client } from './context.js';

/** @import {User} from '../client/types.js' */

const PAUSE = 200;

export class PeopleSearch {
  /** @type {User[]} */
  found = [];
  busy = false;
  #query = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {string} text */
  look(text) {
    const query = text.trim().replace(/^@/, '');
    if (query === this.#query) return;
    this.#query = query;
    clearTimeout(this.#timer);
    this.busy = Boolean(query);
    if (query) this.#timer = setTimeout(() => this.#ask(query), PAUSE);
    else this.found = [];
    this.#onChange();
  }

  /** @param {string} query */
  async #ask(query) {
    /** @type {User[]} */
    let found = [];
    try {
      found = await client().directory.find(query);
    } catch (error) {
      if (codeOf(error) === 'internal') throw error;
    }
    if (query !== this.#query) return;
    this.found = found;
    this.busy = false;
    this.#onChange();
  }
}
