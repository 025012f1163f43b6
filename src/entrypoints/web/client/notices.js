/**
 * The notification centre: pages of what concerned this user, and marks that the service keeps.
 * What is marked while offline is told after the next welcome.
 */

import { tolerate } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {Catchup} from './catchup.js' */
/** @import {Frame, Notice, State} from './types.js' */
/**
 * @typedef {object} NoticesNeeds
 * @property {Api} api
 * @property {Pick<Catchup, 'fetchHead'>} catchup
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

const A_PAGE = 50;
const MOST_MARKED = 100;

/** What this client made up itself is not marked at the service. @param {Notice} notice */
const isKept = ({ seq }) => seq !== undefined;

export class Notices {
  #needs;
  /** Ids to be told. @type {Set<string>} */
  #untold = new Set();
  #untoldAll = false;
  /** @type {Promise<void> | null} */
  #loading = null;

  /** @param {NoticesNeeds} needs */
  constructor(needs) {
    this.#needs = needs;
  }

  /** What a frame asks for besides the change of state. @param {Frame} frame */
  follow(frame) {
    if (frame.type === 'private' && frame.reset) this.load().catch(tolerate);
  }

  /** The line is back: get the first page, where none ever came, and say what was marked. */
  async resumed() {
    try {
      if (this.#needs.state().noticesNext === undefined) await this.load();
      await this.#tell();
    } catch (error) {
      tolerate(error);
    }
  }

  /** Load the newest ones. @returns {Promise<void>} */
  load() {
    return this.#page(null);
  }

  /** Load the next page, where there is one. @returns {Promise<void>} */
  more() {
    const { noticesNext: next } = this.#needs.state();
    return next ? this.#page(next) : Promise.resolve();
  }

  /** These were seen. @param {string[]} ids */
  read(ids) {
    const kept = this.#needs.state().notices.filter((notice) => !notice.read && isKept(notice));
    for (const { id } of kept) if (ids.includes(id)) this.#untold.add(id);
    this.#needs.dispatch({ type: 'notices-read', ids });
    this.#tell().catch(tolerate);
  }

  /** All were seen, also those that are not loaded. */
  readAll() {
    this.#untoldAll = true;
    this.#needs.dispatch({ type: 'notices-read' });
    this.#tell().catch(tolerate);
  }

  /** A conversation was opened: that one was added to it is no news any more. @param {string} id */
  met(id) {
    const met = this.#needs
      .state()
      .notices.filter(
        (notice) => notice.conversation === id && notice.kind === 'joined' && !notice.read,
      );
    if (met.length) this.read(met.map((notice) => notice.id));
  }

  /** Forget what another user left. */
  reset() {
    this.#untold.clear();
    this.#untoldAll = false;
  }

  /** One page at a time. @param {string | null} cursor @returns {Promise<void>} */
  #page(cursor) {
    this.#loading ??= this.#fetch(cursor).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** @param {string | null} cursor */
  async #fetch(cursor) {
    const { api, catchup, dispatch, state } = this.#needs;
    const page = await api.notifications(cursor, A_PAGE);
    dispatch({ type: 'notices', ...page });
    const { conversations } = state();
    const named = new Set(page.notifications.map((notice) => notice.conversation));
    for (const id of named) if (id && !conversations.has(id)) catchup.fetchHead(id);
  }

  async #tell() {
    const { api } = this.#needs;
    if (this.#untoldAll) {
      await api.markNotifications({ all: true });
      this.reset();
    }
    while (this.#untold.size) {
      const ids = [...this.#untold].slice(0, MOST_MARKED);
      await api.markNotifications({ ids });
      for (const id of ids) this.#untold.delete(id);
    }
  }
}
