/** Searches people while a name is typed: debounced, and only the last answer counts. */

import { errorCode } from '../client/errors.js';
import { client } from './context.js';

/** @import {User} from '../client/types.js' */

const DEBOUNCE_MS = 200;

export class PeopleSearch {
  /** @type {User[]} */
  results = [];
  isSearching = false;
  #query = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #onChange;

  /** @param {() => void} onChange called after each change of the results */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Search for people. @param {string} text a name or a handle, with or without `@` */
  search(text) {
    const query = text.trim().replace(/^@/, '');
    if (query === this.#query) return;
    this.#query = query;
    clearTimeout(this.#timer);
    this.isSearching = Boolean(query);
    if (query) this.#timer = setTimeout(() => this.#fetch(query), DEBOUNCE_MS);
    else this.results = [];
    this.#onChange();
  }

  /** @param {string} query */
  async #fetch(query) {
    /** @type {User[]} */
    let results = [];
    try {
      results = await client().directory.search(query);
    } catch (error) {
      if (errorCode(error) === 'internal') throw error;
    }
    if (query !== this.#query) return;
    this.results = results;
    this.isSearching = false;
    this.#onChange();
  }
}
