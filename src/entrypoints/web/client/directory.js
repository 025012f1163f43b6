/** The directory: names for the user ids that frames mention, fetched many at a time. */

import { soon } from './clock.js';
import { NoAnswer, Refused } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {Frame, Head, State, User} from './types.js' */

const GATHER = 30;
const MOST_A_CALL = 100;

/**
 * The users that a frame speaks of.
 * @param {Frame} frame
 * @returns {string[]}
 */
export function usersOf(frame) {
  switch (frame.type) {
    case 'event':
      return ofEvent(frame);
    case 'events':
    case 'notes':
      return frame.events.flatMap(ofEvent);
    case 'page':
      return frame.page.messages.map((/** @type {{by: string}} */ message) => message.by);
    case 'welcome':
    case 'heads':
      return frame.heads.flatMap(ofHead);
    case 'conversation':
      return ofHead(frame.head);
    case 'typing':
      return [frame.user];
    case 'notices':
      return frame.notifications.map((/** @type {{by: string}} */ notice) => notice.by);
    case 'event.me':
      return ofEvent(frame.data);
    case 'private':
      return frame.events.flatMap((/** @type {{data: any}} */ { data }) => ofEvent(data));
    default:
      return [];
  }
}

/** @param {Record<string, any>} event @returns {string[]} */
function ofEvent({ by, data }) {
  const members = (data?.members ?? []).map((/** @type {{user: string}} */ member) => member.user);
  return [by, data?.user, ...members, ...(data?.mentions ?? [])].filter(
    (id) => id && id !== 'all',
  );
}

/** @param {Head} head @returns {string[]} */
const ofHead = ({ peer, last }) => [peer, last?.by].filter((id) => id !== undefined);

export class Directory {
  #api;
  #dispatch;
  #state;
  #fetch;
  /**
   * Asked for already: who is not known to the service is not asked for twice.
   * @type {Set<string>}
   */
  #asked = new Set();
  /** @type {Set<string>} */
  #wanted = new Set();

  /**
   * @param {Api} api
   * @param {Clock} clock
   * @param {(frame: Frame) => void} dispatch
   * @param {() => State} state
   */
  constructor(api, clock, dispatch, state) {
    this.#api = api;
    this.#dispatch = dispatch;
    this.#state = state;
    this.#fetch = soon(clock, GATHER, () => this.#flush());
  }

  /** Make sure that these users will be known. @param {string[]} ids */
  need(ids) {
    const { users } = this.#state();
    for (const id of ids) if (!users.has(id) && !this.#asked.has(id)) this.#wanted.add(id);
    if (this.#wanted.size) this.#fetch();
  }

  /**
   * People whose handle or name begins so.
   * @param {string} query
   * @returns {Promise<User[]>}
   */
  async find(query) {
    const { users } = await this.#api.findUsers(query);
    this.#dispatch({ type: 'users', users });
    return users;
  }

  async #flush() {
    const ids = [...this.#wanted].slice(0, MOST_A_CALL);
    for (const id of ids) {
      this.#wanted.delete(id);
      this.#asked.add(id);
    }
    try {
      const { users } = await this.#api.users(ids);
      this.#dispatch({ type: 'users', users });
    } catch (error) {
      if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
      for (const id of ids) this.#asked.delete(id);
    }
    if (this.#wanted.size) this.#fetch();
  }
}
