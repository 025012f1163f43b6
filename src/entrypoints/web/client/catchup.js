/**
 * Catch-up: fetches the events that a client missed in a gap, while disconnected, or after a reset.
 *
 * The store detects gaps in the offsets; this module requests the missing events. A gap gets half a
 * second to close by itself, because an answer and an event may overtake each other; then `sync` is
 * sent.
 */

import { rethrowUnexpected } from './errors.js';
import { PrivateLogCatchup } from './private-catchup.js';
import { gapAfter } from './store/conversations.js';

/** @import {CatchupDependencies} from './catchup-types.js' */
/** @import {Frame, QueuedRequest} from './types.js' */

const GAP_GRACE_MS = 500;
const EVENTS_PER_PAGE = 200;
const HEADS_PER_PAGE = 100;
/**
 * In very large conversations the service sends head hints instead of events, at most once a
 * second; the head is fetched as often.
 */
const HEAD_INTERVAL_MS = 1_000;

export class Catchup {
  #dependencies;
  #privateLog;
  /** Conversations being synced. @type {Set<string>} */
  #syncing = new Set();
  /** Conversations whose gap may still close by itself. @type {Set<string>} */
  #waiting = new Set();
  /** Conversations whose head is being fetched. @type {Set<string>} */
  #fetching = new Set();
  /** Those whose head has to be fetched once more afterwards. @type {Set<string>} */
  #fetchingAgain = new Set();

  /** @param {CatchupDependencies} dependencies */
  constructor(dependencies) {
    this.#dependencies = dependencies;
    this.#privateLog = new PrivateLogCatchup(dependencies, (id) => this.fetchHead(id));
  }

  /** Request what a frame requires besides the change of state. @param {Frame} frame */
  onFrame(frame) {
    switch (frame.type) {
      case 'event':
      case 'events':
      case 'page':
      case 'quotes':
      case 'pins':
        return this.#onMessages(frame);
      case 'messages':
        return this.#checkForGap(frame.conversation);
      case 'conversation':
        return this.#checkForGap(frame.head.conversation);
      case 'sent':
        return this.#checkForGap(frame.entry.conversation);
      case 'change-done':
        return this.#checkForGap(frame.change.conversation);
      case 'request-done':
        return this.#onRequestDone(frame.entry);
      case 'event.me':
        return void this.#privateLog.onEvent(frame);
      case 'head':
        return this.#onHeadHint(frame);
      case 'resync':
        return void this.#onResync(frame.conversation).catch(rethrowUnexpected);
      default:
        return undefined;
    }
  }

  /**
   * Request what is missing beside the messages that came: events before them, messages that they
   * quote, pinned ones, and the head if its counts depend on messages that are not known here.
   * @param {Frame} frame
   */
  #onMessages({ conversation: id, ...frame }) {
    const { history, state } = this.#dependencies;
    this.#checkForGap(id);
    history.loadMissing(id).catch(rethrowUnexpected);
    const kinds = (frame.events ?? [frame]).map((/** @type {Frame} */ event) => event.kind);
    const areCountsChanged =
      kinds.includes('message.recalled') || kinds.includes('message.edited');
    if (areCountsChanged && state().conversations.get(id)?.countsAreBounds) this.fetchHead(id);
  }

  /**
   * An own change was acknowledged. What a forward added, and which message is the last one after
   * one was deleted, is only known there.
   * @param {QueuedRequest} entry
   */
  #onRequestDone({ conversation, request }) {
    if (request.type === 'message.edit' || request.type === 'message.recall')
      this.#checkForGap(conversation);
    else this.fetchHead(conversation);
  }

  /** Request the missing events of a conversation, if it has a gap. @param {string} id */
  #checkForGap(id) {
    const conversation = this.#dependencies.state().conversations.get(id);
    if (!conversation) return void this.fetchHead(id);
    if (conversation.left || gapAfter(conversation) === null) return;
    if (this.#waiting.has(id)) return;
    this.#waiting.add(id);
    this.#dependencies.clock.after(GAP_GRACE_MS, () => {
      this.#waiting.delete(id);
      this.#sync(id);
    });
  }

  /**
   * A head hint of a very large conversation contains only the last offset of its log.
   * @param {Frame} frame
   */
  #onHeadHint({ conversation, offset }) {
    const known = this.#dependencies.state().conversations.get(conversation);
    if (!known || known.head.offset >= offset) return;
    if (known.log.loaded) this.#sync(conversation);
    else this.fetchHead(conversation, HEAD_INTERVAL_MS);
  }

  /**
   * Catch up after a welcome: private events since the cursor, changed heads, and the events of
   * loaded conversations.
   * @param {Frame} welcome
   * @param {boolean} first true for the first welcome of this page
   */
  async onWelcome(welcome, first) {
    const { dispatch, history, state } = this.#dependencies;
    dispatch({ type: 'catching-up', on: !first });
    try {
      await this.#privateLog.sync();
      if (welcome.more) await (first ? this.moreConversations() : this.#fetchChangedHeads());
      const loadedFirst = [...state().conversations].sort(
        ([, one], [, other]) => Number(other.log.loaded) - Number(one.log.loaded),
      );
      for (const [id, { log, keptLog }] of loadedFirst) {
        if (log.loaded || keptLog) await this.#sync(id);
        // A page that came before the welcome did not know what the service can do.
        if (log.loaded) await history.loadMissing(id);
      }
    } catch (error) {
      // If the connection is lost meanwhile, the next welcome starts again.
      rethrowUnexpected(error);
    }
    dispatch({ type: 'catching-up', on: false });
  }

  /**
   * The service asks to compare with its log: of one conversation, or of all if *id* is undefined.
   * @param {string | undefined} id
   */
  async #onResync(id) {
    const { connection, dispatch, state } = this.#dependencies;
    if (id) {
      await this.fetchHead(id);
      return this.#sync(id);
    }
    const answer = await connection.request('conversations', { limit: HEADS_PER_PAGE });
    dispatch({ type: 'heads', heads: answer.heads, next: answer.next ?? null });
    await this.#privateLog.sync();
    for (const known of state().conversations.keys()) await this.#sync(known);
    return undefined;
  }

  /**
   * Load the next page of conversations.
   * @returns {Promise<boolean>} whether there are more pages
   */
  async moreConversations() {
    const { connection, dispatch, state } = this.#dependencies;
    const before = state().conversationsCursor ?? undefined;
    const answer = await connection.request('conversations', { before, limit: HEADS_PER_PAGE });
    dispatch({ type: 'heads', heads: answer.heads, next: answer.next ?? null });
    return Boolean(answer.next);
  }

  /**
   * Fetch the head of one conversation, one request at a time.
   * @param {string} id
   * @param {number} [interval] minimum milliseconds until the next fetch
   */
  async fetchHead(id, interval = 0) {
    const { api, clock, dispatch } = this.#dependencies;
    if (this.#fetching.has(id)) return void this.#fetchingAgain.add(id);
    this.#fetching.add(id);
    try {
      dispatch({ type: 'conversation', head: await api.getConversation(id) });
    } catch (error) {
      this.#onError(id, error);
    } finally {
      clock.after(interval, () => {
        this.#fetching.delete(id);
        // What was asked for meanwhile may be newer than the answer.
        if (this.#fetchingAgain.delete(id)) this.fetchHead(id, interval);
      });
    }
  }

  /** Fetch changed heads. Heads come newest first, so the first page without a change ends it. */
  async #fetchChangedHeads() {
    const { connection, dispatch, state } = this.#dependencies;
    /** @type {string | undefined} */
    let before;
    do {
      const { heads, next } = await connection.request('conversations', {
        before,
        limit: HEADS_PER_PAGE,
      });
      const { conversations } = state();
      const changed = heads.some(
        (/** @type {any} */ head) =>
          (conversations.get(head.conversation)?.head.offset ?? -1) < head.offset,
      );
      dispatch({ type: 'heads', heads });
      before = changed ? next : undefined;
    } while (before);
  }

  /** Request the missing events of a conversation, one sync at a time. @param {string} id */
  async #sync(id) {
    if (this.#syncing.has(id)) return;
    this.#syncing.add(id);
    try {
      await this.#fetchMissing(id);
    } catch (error) {
      this.#onError(id, error);
    } finally {
      this.#syncing.delete(id);
    }
  }

  /** Request pages of events until the gap is closed. @param {string} id */
  async #fetchMissing(id) {
    const { connection, dispatch, state } = this.#dependencies;
    for (let more = true; more; ) {
      const conversation = state().conversations.get(id);
      const after = conversation ? gapAfter(conversation) : null;
      if (after === null) return;
      const answer = await connection.request('sync', {
        conversation: id,
        after,
        limit: EVENTS_PER_PAGE,
      });
      if (answer.reset) return void (await this.#resetLog(id));
      dispatch({ type: 'events', conversation: id, events: answer.events });
      more = answer.more && answer.events.length > 0;
    }
  }

  /**
   * Replace the loaded log by the newest page, after a gap that is too old for `sync`. The outbox
   * is not affected.
   * @param {string} id
   */
  async #resetLog(id) {
    const { api, dispatch, history, state } = this.#dependencies;
    const head = await api.getConversation(id);
    const loaded = state().conversations.get(id)?.log.loaded;
    dispatch({ type: 'reset-log', conversation: id });
    dispatch({ type: 'conversation', head });
    if (loaded) await history.loadNewest(id);
  }

  /**
   * Mark the conversation as left if the service no longer shows it to this user.
   * @param {string} id
   * @param {unknown} error
   */
  #onError(id, error) {
    rethrowUnexpected(error);
    if (error.code === 'not_found' || error.code === 'not_member') {
      this.#dependencies.dispatch({ type: 'left', conversation: id });
    }
  }
}
