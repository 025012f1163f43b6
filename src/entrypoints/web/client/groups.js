/**
 * Conversations and their members: begin, change, see who is there. Each answer goes to the store.
 */

import { codeOf } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {Frame, Head, State} from './types.js' */

/** Receipts of larger groups are not pushed, so ticks stay at "sent" there. */
const MOST_RECEIPTS = 100;

export class Groups {
  #api;
  #dispatch;
  #state;

  /**
   * @param {Api} api
   * @param {(frame: Frame) => void} dispatch
   * @param {() => State} state
   */
  constructor(api, dispatch, state) {
    this.#api = api;
    this.#dispatch = dispatch;
    this.#state = state;
  }

  /**
   * The conversation with somebody, old or new.
   * @param {string} user
   * @returns {Promise<string>} its id
   */
  async direct(user) {
    return this.#take(await this.#api.openDirect(user));
  }

  /** @param {string} title @param {string[]} members @returns {Promise<string>} its id */
  async create(title, members) {
    return this.#take(await this.#api.createGroup(title, members));
  }

  /** @param {string} id @param {string} title */
  async retitle(id, title) {
    this.#take(await this.#api.retitle(id, title));
  }

  /** Null: not muted any more. @param {string} id @param {string | null} until */
  async mute(id, until) {
    this.#take(await this.#api.settings(id, { muted_until: until }));
  }

  /** @param {string} id @param {boolean} pinned */
  async pin(id, pinned) {
    this.#take(await this.#api.settings(id, { pinned }));
  }

  /** A reminder to come back, on all devices, until it is read there. @param {string} id */
  async markUnread(id) {
    this.#take(await this.#api.settings(id, { marked_unread: true }));
  }

  /** Load the members, or the first page of very many. @param {string} id */
  async members(id) {
    const { members, next } = await this.#api.members(id);
    this.#dispatch({ type: 'members', conversation: id, members, fresh: true, complete: !next });
    await this.#more(id, next);
  }

  /**
   * What a view of a conversation shows besides its messages: who is there, and who has read.
   * @param {string} id
   */
  async accompany(id) {
    const head = this.#state().conversations.get(id)?.head;
    const marks = head && head.members <= MOST_RECEIPTS ? this.receipts(id) : null;
    const results = await Promise.allSettled([this.members(id), marks]);
    for (const result of results)
      if (result.status === 'rejected' && codeOf(result.reason) === 'internal')
        throw result.reason;
  }

  /** Load what the others have received and read. @param {string} id */
  async receipts(id) {
    const { receipts } = await this.#api.receipts(id, 0);
    this.#dispatch({ type: 'receipts', conversation: id, receipts });
  }

  /** @param {string} id @param {string[]} users */
  async add(id, users) {
    await this.#api.addMembers(id, users);
    await this.members(id);
  }

  /** `owner` hands the group over. @param {string} id @param {string} user @param {string} role */
  async changeRole(id, user, role) {
    await this.#api.changeRole(id, user, role);
    await this.members(id);
  }

  /** @param {string} id @param {string} user */
  async remove(id, user) {
    await this.#api.removeMember(id, user);
    await this.members(id);
  }

  /** @param {string} id */
  async leave(id) {
    await this.#api.removeMember(id, this.#state().me?.id ?? '');
    this.#dispatch({ type: 'left', conversation: id });
  }

  /**
   * Follow the pages of a member list; the view of five thousand people is a list as well.
   * @param {string} id
   * @param {string | undefined} cursor
   */
  async #more(id, cursor) {
    for (let next = cursor; next; ) {
      const page = await this.#api.members(id, next);
      this.#dispatch({
        type: 'members',
        conversation: id,
        members: page.members,
        fresh: false,
        complete: !page.next,
      });
      next = page.next;
    }
  }

  /** @param {Head} head */
  #take(head) {
    this.#dispatch({ type: 'conversation', head });
    return head.conversation;
  }
}
