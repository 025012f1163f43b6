/** The endpoints for single messages and what happened to them. */

/** @import {HttpClient} from './http.js' */
/** @import {Message} from './types.js' */

/** Path below the messages of a conversation. @param {string} id @param {string} [rest] */
const pathOf = (id, rest = '') => `/v1/conversations/${encodeURIComponent(id)}/messages${rest}`;

export class MessagesApi {
  #http;

  /** @param {HttpClient} http */
  constructor(http) {
    this.#http = http;
  }

  /**
   * Get messages by seq. Those that this user cannot see are left out.
   * @param {string} id
   * @param {number[]} seqs at most 50
   * @returns {Promise<{messages: Message[], as_of: number}>}
   */
  get(id, seqs) {
    return this.#http.call('GET', pathOf(id), undefined, { seqs: seqs.join(',') });
  }

  /**
   * List the earlier contents of a message, newest first.
   * @param {string} id
   * @param {number} seq
   * @returns {Promise<{revisions: (Pick<Message, 'revision' | 'kind' | 'body' | 'at'>)[]}>}
   */
  listRevisions(id, seq) {
    return this.#http.call('GET', pathOf(id, `/${seq}/revisions`));
  }

  /**
   * List who reacted to a message, by emoji.
   * @param {string} id
   * @param {number} seq
   * @param {{emoji?: string, cursor?: string, limit: number}} query
   * @returns {Promise<{reactions: {user: string, emoji: string, at: string}[], next?: string}>}
   */
  listReactions(id, seq, query) {
    return this.#http.call('GET', pathOf(id, `/${seq}/reactions`), undefined, query);
  }

  /**
   * List the pinned messages, the last one that was pinned first.
   * @param {string} id
   * @returns {Promise<{pins: {by: string, at: string, message: Message}[], as_of: number}>}
   */
  listPins(id) {
    return this.#http.call('GET', `/v1/conversations/${encodeURIComponent(id)}/pins`);
  }
}
