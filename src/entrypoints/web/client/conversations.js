/**
 * Creates conversations, changes their settings and members, and loads members and receipts. Each
 * answer goes to the store.
 */

import { ServiceError, errorCode } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {Frame, Head, State} from './types.js' */

/** In larger groups receipts are not pushed, so the status of messages stays "sent". */
const MAX_MEMBERS_WITH_RECEIPTS = 100;

/** @param {Promise<void>} work */
async function ignoringExpected(work) {
  try {
    await work;
  } catch (error) {
    if (errorCode(error) === 'internal') throw error;
  }
}

export class Conversations {
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
   * Open the direct conversation with a user; creates it if there is none.
   * @param {string} user
   * @returns {Promise<string>} id of the conversation
   */
  async openDirect(user) {
    return this.#storeHead(await this.#api.openDirect(user));
  }

  /**
   * Find the direct conversation with a user, which may not be in the state; creates none.
   * @param {string} user
   * @returns {Promise<boolean>} whether it exists
   */
  async findDirect(user) {
    try {
      this.#storeHead(await this.#api.findDirect(user));
      return true;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'not_found') return false;
      throw error;
    }
  }

  /**
   * Create a group.
   * @param {string} title
   * @param {string[]} members
   * @returns {Promise<string>} id of the conversation
   */
  async createGroup(title, members) {
    return this.#storeHead(await this.#api.createGroup(title, members));
  }

  /**
   * Rename a group.
   * @param {string} id
   * @param {string} title
   */
  async setTitle(id, title) {
    this.#storeHead(await this.#api.setTitle(id, title));
  }

  /**
   * Mute a conversation until a time (RFC 3339).
   * @param {string} id
   * @param {string | null} until null to unmute
   */
  async setMuted(id, until) {
    this.#storeHead(await this.#api.updateSettings(id, { muted_until: until }));
  }

  /**
   * Pin a conversation to the top of the list, or unpin it.
   * @param {string} id
   * @param {boolean} pinned
   */
  async setPinned(id, pinned) {
    this.#storeHead(await this.#api.updateSettings(id, { pinned }));
  }

  /**
   * Mark a conversation as unread on all devices of the user, until it is read.
   * @param {string} id
   */
  async markUnread(id) {
    this.#storeHead(await this.#api.updateSettings(id, { marked_unread: true }));
  }

  /** Load all members, page by page. @param {string} id */
  async loadMembers(id) {
    const { members, next } = await this.#api.listMembers(id);
    this.#dispatch({ type: 'members', conversation: id, members, fresh: true, complete: !next });
    await this.#loadMoreMembers(id, next);
  }

  /**
   * Load members and receipts of a conversation that is shown. Expected errors are ignored.
   * @param {string} id
   */
  async loadMembersAndReceipts(id) {
    await Promise.all([ignoringExpected(this.loadMembers(id)), this.loadPushedReceipts(id)]);
  }

  /**
   * Load the receipts of a conversation in which they are pushed. Expected errors are ignored.
   * @param {string} id
   */
  async loadPushedReceipts(id) {
    const head = this.#state().conversations.get(id)?.head;
    if (head && head.members <= MAX_MEMBERS_WITH_RECEIPTS)
      await ignoringExpected(this.loadReceipts(id));
  }

  /** Load the received and read marks of the other members. @param {string} id */
  async loadReceipts(id) {
    const { receipts } = await this.#api.listReceipts(id, 0);
    this.#dispatch({ type: 'receipts', conversation: id, receipts });
  }

  /**
   * Add members to a group.
   * @param {string} id
   * @param {string[]} users
   */
  async addMembers(id, users) {
    await this.#api.addMembers(id, users);
    await this.loadMembers(id);
  }

  /**
   * Change a member's role; `owner` transfers the ownership.
   * @param {string} id
   * @param {string} user
   * @param {string} role
   */
  async changeRole(id, user, role) {
    await this.#api.changeRole(id, user, role);
    await this.loadMembers(id);
  }

  /**
   * Remove a member from a group.
   * @param {string} id
   * @param {string} user
   */
  async removeMember(id, user) {
    await this.#api.removeMember(id, user);
    await this.loadMembers(id);
  }

  /** Leave a group. @param {string} id */
  async leave(id) {
    await this.#api.removeMember(id, this.#state().me?.id ?? '');
    this.#dispatch({ type: 'left', conversation: id });
  }

  /**
   * Load the further pages of the members.
   * @param {string} id
   * @param {string | undefined} cursor
   */
  async #loadMoreMembers(id, cursor) {
    for (let next = cursor; next; ) {
      const page = await this.#api.listMembers(id, next);
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
  #storeHead(head) {
    this.#dispatch({ type: 'conversation', head });
    return head.conversation;
  }
}
