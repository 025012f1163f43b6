/**
 * Catching up: everything that makes a client complete again after a hole, a pause or a reset.
 *
 * The store says where events are missing; this module asks for them. A hole is given half a
 * second to close by itself (an answer and an event may pass each other on the way), then `sync`
 * is sent.
 */

import { tolerate } from './errors.js';
import { hole } from './store/conversations.js';

/** @import {Api} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {History} from './history.js' */
/** @import {Link} from './socket.js' */
/** @import {Frame, State} from './types.js' */
/**
 * @typedef {object} CatchupNeeds
 * @property {Api} api
 * @property {Link} link
 * @property {Clock} clock
 * @property {History} history
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

const HOLD = 500;
const EVENTS_A_PAGE = 200;
const HEADS_A_PAGE = 100;
/**
 * A head of a very large conversation comes at most once a second; its line is fetched as often.
 */
const HEAD_REST = 1_000;

export class Catchup {
  #needs;
  /** Conversations being synced. @type {Set<string>} */
  #syncing = new Set();
  /** Conversations whose hole is given time. @type {Set<string>} */
  #holding = new Set();
  /** Conversations whose head is being fetched. @type {Set<string>} */
  #fetching = new Set();

  /** @param {CatchupNeeds} needs */
  constructor(needs) {
    this.#needs = needs;
  }

  /** What a frame asks for besides the change of state. @param {Frame} frame */
  follow(frame) {
    switch (frame.type) {
      case 'event':
      case 'events':
      case 'page':
        return this.#check(frame.conversation);
      case 'conversation':
        return this.#check(frame.head.conversation);
      case 'sent':
        return this.#check(frame.entry.conversation);
      case 'event.me':
        return void this.#told(frame);
      case 'head':
        return this.#hint(frame);
      case 'resync':
        return void this.#resync(frame.conversation).catch(tolerate);
      default:
        return undefined;
    }
  }

  /** Look whether a conversation misses events, and get them. @param {string} id */
  #check(id) {
    const conversation = this.#needs.state().conversations.get(id);
    if (!conversation) return void this.fetchHead(id);
    if (conversation.left || hole(conversation) === null) return;
    if (this.#holding.has(id)) return;
    this.#holding.add(id);
    this.#needs.clock.after(HOLD, () => {
      this.#holding.delete(id);
      this.#sync(id);
    });
  }

  /**
   * The service says of a very large conversation only where its log ends.
   * @param {Frame} frame
   */
  #hint({ conversation, offset }) {
    const known = this.#needs.state().conversations.get(conversation);
    if (!known || known.head.offset >= offset) return;
    if (known.log.loaded) this.#sync(conversation);
    else this.fetchHead(conversation, HEAD_REST);
  }

  /**
   * Everything since the cursor: private events, more conversations, and events of what is loaded.
   * @param {Frame} welcome
   * @param {boolean} first true for the first welcome of this page
   */
  async resume(welcome, first) {
    const { dispatch, state } = this.#needs;
    dispatch({ type: 'catching-up', on: !first });
    try {
      await this.#private();
      if (welcome.more) await (first ? this.moreConversations() : this.#changedHeads());
      for (const [id, { log }] of state().conversations) if (log.loaded) await this.#sync(id);
    } catch (error) {
      // A lost line resumes again when it is back.
      tolerate(error);
    }
    dispatch({ type: 'catching-up', on: false });
  }

  /**
   * The service lost the thread: compare with the log, of one conversation or of all.
   * @param {string | undefined} id
   */
  async #resync(id) {
    const { link, dispatch, state } = this.#needs;
    if (id) {
      await this.fetchHead(id);
      return this.#sync(id);
    }
    const answer = await link.request('conversations', { limit: HEADS_A_PAGE });
    dispatch({ type: 'heads', heads: answer.heads, next: answer.next ?? null });
    await this.#private();
    for (const known of state().conversations.keys()) await this.#sync(known);
    return undefined;
  }

  /**
   * The next page of the list of conversations.
   * @returns {Promise<boolean>} whether there was one
   */
  async moreConversations() {
    const { link, dispatch, state } = this.#needs;
    const before = state().next ?? undefined;
    const answer = await link.request('conversations', { before, limit: HEADS_A_PAGE });
    dispatch({ type: 'heads', heads: answer.heads, next: answer.next ?? null });
    return Boolean(answer.next);
  }

  /**
   * Fetch the head of one conversation, once at a time.
   * @param {string} id
   * @param {number} [rest] milliseconds before it may be fetched again
   */
  async fetchHead(id, rest = 0) {
    const { api, clock, dispatch } = this.#needs;
    if (this.#fetching.has(id)) return;
    this.#fetching.add(id);
    try {
      dispatch({ type: 'conversation', head: await api.conversation(id) });
    } catch (error) {
      this.#gone(id, error);
    } finally {
      clock.after(rest, () => this.#fetching.delete(id));
    }
  }

  /** Private events after the cursor. */
  async #private() {
    const { link, dispatch, state } = this.#needs;
    for (let more = true; more; ) {
      const {
        events,
        cursor,
        more: others,
        reset,
      } = await link.request('sync.me', { cursor: state().cursor, limit: EVENTS_A_PAGE });
      dispatch({ type: 'private', events, cursor, reset });
      for (const { kind, data } of events)
        if (kind === 'conversation.joined') this.#joined(data.conversation);
      more = others;
    }
  }

  /**
   * A private event came alone: get what stands before it, where it was not the next.
   * @param {Frame} event
   */
  async #told(event) {
    if (event.kind === 'conversation.joined') this.#joined(event.data.conversation);
    const { conversations, privateOffset } = this.#needs.state();
    const id = event.data.conversation;
    if (event.kind === 'read.moved' && conversations.get(id)?.vague) this.fetchHead(id);
    if (privateOffset >= event.offset) return;
    await this.#private().catch(tolerate);
  }

  /** This user became a member somewhere. @param {string} id */
  #joined(id) {
    const known = this.#needs.state().conversations.get(id);
    if (!known || known.left) this.fetchHead(id);
  }

  /** Heads come newest first: a page that brings nothing new is followed by older ones only. */
  async #changedHeads() {
    const { link, dispatch, state } = this.#needs;
    /** @type {string | undefined} */
    let before;
    do {
      const { heads, next } = await link.request('conversations', { before, limit: HEADS_A_PAGE });
      const { conversations } = state();
      const changed = heads.some(
        (/** @type {any} */ head) =>
          (conversations.get(head.conversation)?.head.offset ?? -1) < head.offset,
      );
      dispatch({ type: 'heads', heads });
      before = changed ? next : undefined;
    } while (before);
  }

  /** @param {string} id */
  async #sync(id) {
    if (this.#syncing.has(id)) return;
    this.#syncing.add(id);
    try {
      await this.#pages(id);
    } catch (error) {
      this.#gone(id, error);
    } finally {
      this.#syncing.delete(id);
    }
  }

  /** @param {string} id */
  async #pages(id) {
    const { link, dispatch, state } = this.#needs;
    for (let more = true; more; ) {
      const conversation = state().conversations.get(id);
      const after = conversation ? hole(conversation) : null;
      if (after === null) return;
      const answer = await link.request('sync', { conversation: id, after, limit: EVENTS_A_PAGE });
      if (answer.reset) return void (await this.#reset(id));
      dispatch({ type: 'events', conversation: id, events: answer.events });
      more = answer.more && answer.events.length > 0;
    }
  }

  /**
   * Drop the local view and begin with the newest page; unsent messages are not part of it.
   * @param {string} id
   */
  async #reset(id) {
    const { api, dispatch, history, state } = this.#needs;
    const head = await api.conversation(id);
    const loaded = state().conversations.get(id)?.log.loaded;
    dispatch({ type: 'forget', conversation: id });
    dispatch({ type: 'conversation', head });
    if (loaded) await history.newest(id);
  }

  /** @param {string} id @param {unknown} error */
  #gone(id, error) {
    tolerate(error);
    if (error.code === 'not_found' || error.code === 'not_member') {
      this.#needs.dispatch({ type: 'left', conversation: id });
    }
  }
}
