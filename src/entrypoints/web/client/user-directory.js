/** The user directory: loads the users whose ids appear in frames, many in one call. */

import { throttle } from './clock.js';
import { NetworkError, ServiceError } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {Frame, Head, Message, OutboxEntry, State, User} from './types.js' */

const BATCH_DELAY_MS = 30;
const MAX_IDS_PER_CALL = 100;

/**
 * The ids of the users that a frame mentions.
 * @param {Frame} frame
 * @returns {string[]}
 */
export function userIdsOf(frame) {
  switch (frame.type) {
    case 'event':
      return userIdsOfEvent(frame);
    case 'events':
    case 'system-messages':
      return frame.events.flatMap(userIdsOfEvent);
    case 'page':
      return frame.page.messages.flatMap(userIdsOfMessage);
    case 'messages':
    case 'quotes':
      return frame.messages.flatMap(userIdsOfMessage);
    case 'pins':
      return frame.pins.flatMap((/** @type {{by: string, message: Message}} */ pin) => [
        pin.by,
        ...userIdsOfMessage(pin.message),
      ]);
    case 'welcome':
    case 'heads':
      return frame.heads.flatMap(userIdsOfHead);
    case 'conversation':
      return userIdsOfHead(frame.head);
    case 'typing':
      return [frame.user];
    case 'notifications':
      return frame.notifications.map((/** @type {{by: string}} */ notice) => notice.by);
    case 'outbox':
      return frame.entries.flatMap((/** @type {OutboxEntry} */ { peer }) => peer?.id ?? []);
    case 'event.me':
      return userIdsOfEvent(frame.data);
    case 'private-events':
      return frame.events.flatMap((/** @type {{data: any}} */ { data }) => userIdsOfEvent(data));
    default:
      return [];
  }
}

/**
 * Who wrote, recalled or forwarded a message, who reacted to it, and who is named in it.
 * @param {Message} message
 */
const userIdsOfMessage = ({ by, kind, body, reactions = [], recalled, forwarded }) => [
  ...[by, recalled?.by, forwarded?.by].flatMap((id) => id ?? []),
  ...reactions.flatMap(({ users }) => users),
  ...(kind === 'contact' ? [String(body.user)] : []),
];

/** @param {Record<string, any>} event @returns {string[]} */
function userIdsOfEvent({ by, data }) {
  const members = (data?.members ?? []).map((/** @type {{user: string}} */ member) => member.user);
  const contact = data?.kind === 'contact' ? data.body?.user : undefined;
  const others = [data?.recalled?.by, data?.forwarded?.by];
  return [by, data?.user, contact, ...others, ...members, ...(data?.mentions ?? [])].filter(
    (id) => id && id !== 'all',
  );
}

/** @param {Head} head @returns {string[]} */
const userIdsOfHead = ({ peer, last }) => [peer, last?.by].filter((id) => id !== undefined);

export class UserDirectory {
  #api;
  #dispatch;
  #state;
  #fetchSoon;
  /**
   * Ids that were requested. An id that the service does not know is not requested again.
   * @type {Set<string>}
   */
  #requested = new Set();
  /** @type {Set<string>} */
  #missing = new Set();

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
    this.#fetchSoon = throttle(clock, BATCH_DELAY_MS, () => this.#fetchMissing());
  }

  /** Load these users, unless the service has told them to this page. @param {string[]} ids */
  ensureLoaded(ids) {
    const { users } = this.#state();
    const isKnown = (/** @type {string} */ id) => users.has(id) && !users.get(id)?.isKept;
    for (const id of ids) if (!isKnown(id) && !this.#requested.has(id)) this.#missing.add(id);
    if (this.#missing.size) this.#fetchSoon();
  }

  /**
   * Find users whose handle or name starts with *query*.
   * @param {string} query
   * @returns {Promise<User[]>}
   */
  async search(query) {
    const { users } = await this.#api.searchUsers(query);
    this.#dispatch({ type: 'users', users });
    return users;
  }

  async #fetchMissing() {
    const ids = [...this.#missing].slice(0, MAX_IDS_PER_CALL);
    for (const id of ids) {
      this.#missing.delete(id);
      this.#requested.add(id);
    }
    try {
      const { users } = await this.#api.getUsers(ids);
      this.#dispatch({ type: 'users', users });
    } catch (error) {
      if (!(error instanceof ServiceError || error instanceof NetworkError)) throw error;
      for (const id of ids) this.#requested.delete(id);
    }
    if (this.#missing.size) this.#fetchSoon();
  }
}
