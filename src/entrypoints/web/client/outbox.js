/**
 * The outbox: stores messages and changes of messages, and sends each until the service has
 * answered.
 *
 * Only one entry of a conversation is sent at a time, so that a retry is never overtaken by a later
 * one. If an answer is lost, a message is sent again with the same idempotency key and stays one
 * message; a change says what shall be, so it may be sent twice. The first message to a person
 * creates the conversation; the service has one for two people, however often it is asked for.
 */

import { retryDelay } from './close-codes.js';
import { NetworkError, errorCode } from './errors.js';
import { OutboxEntries } from './outbox-entries.js';
import { frameOf, isEditOf, isRequest, replacedBy } from './outbox-requests.js';
import { newIdempotencyKey } from './storage.js';
import { directWith, peerOfUnstarted } from './store/unstarted.js';

/** @import {Connection} from './connection.js' */
/** @import {Conversations} from './conversations.js' */
/** @import {EntriesDependencies} from './outbox-entries.js' */
/** @import {Entry} from './outbox-requests.js' */
/** @import {ChangeRequest, OutboxEntry, QueuedRequest} from './types.js' */
/**
 * @typedef {object} SendingDependencies
 * @property {Pick<Connection, 'request' | 'online'>} connection
 * @property {Pick<Conversations, 'openDirect'>} conversations
 * @property {() => number} random
 */
/** @typedef {EntriesDependencies & SendingDependencies} OutboxDependencies */

export class Outbox {
  #dependencies;
  #entries;
  /** Conversations in which an entry is being sent. @type {Set<string>} */
  #sendingIn = new Set();
  #failures = 0;

  /** @param {OutboxDependencies} dependencies */
  constructor(dependencies) {
    this.#dependencies = dependencies;
    this.#entries = new OutboxEntries(dependencies, () => this.flush());
    dependencies.tabs.onBecomeLeader(() => this.#entries.adopt());
  }

  /**
   * Add a message. It is stored before it is sent.
   * @param {Pick<OutboxEntry, 'conversation' | 'body' | 'reply_to' | 'mentions'> & {kind?: string}}
   *   content `kind`: `text` by default
   * @returns {Promise<OutboxEntry>}
   */
  async send(content) {
    const { state } = this.#dependencies;
    const peer = state().users.get(peerOfUnstarted(content.conversation) ?? '');
    /** @type {OutboxEntry} */
    const entry = { kind: 'text', ...content, ...(peer && { peer }), ...this.#newEntry() };
    await this.#entries.add(entry);
    this.flush();
    return entry;
  }

  /**
   * Add a change of messages. It replaces an edit of the same message that was not sent yet.
   * @param {string} conversation
   * @param {ChangeRequest} request
   * @param {number} [delay] milliseconds during which it can be undone with `discard`
   */
  async request(conversation, request, delay = 0) {
    const { clock } = this.#dependencies;
    const notBefore = clock.now() + delay;
    /** @type {QueuedRequest} */
    const entry = { ...this.#newEntry(), conversation, request, notBefore };
    for (const { key } of replacedBy(this.#entries.all, entry)) this.#entries.remove(key);
    await this.#entries.add(entry);
    this.flush();
  }

  /**
   * Send a failed entry again. An edit that was in conflict replaces what the message is now.
   * @param {string} key
   */
  async retry(key) {
    this.#entries.own(key);
    const entry = this.#entries.find(key);
    const present = entry && isRequest(entry) ? entry.present : undefined;
    if (present) await this.#rebase(/** @type {QueuedRequest} */ (entry), present.revision);
    await this.#entries.update(key, { status: 'waiting', error: undefined });
    this.flush();
  }

  /** Delete an unsent entry. @param {string} key */
  discard(key) {
    return this.#entries.remove(key);
  }

  /** Send now what could still be undone: the page is being closed. */
  sendDelayed() {
    for (const entry of this.#entries.all)
      if (isRequest(entry)) this.#entries.update(entry.key, { notBefore: 0 });
    this.flush();
  }

  /** Load the entries that an earlier page stored. */
  async restore() {
    await this.#entries.reload();
    this.#entries.adopt();
  }

  /**
   * Forget all entries at log-out.
   * @param {boolean} deleteStored delete them from the storage, too
   */
  reset(deleteStored) {
    return this.#entries.reset(deleteStored);
  }

  /** Send the first waiting entry of each conversation in which none is being sent. */
  flush() {
    this.#moveStarted();
    if (!this.#dependencies.connection.online) return;
    const seen = new Set(this.#sendingIn);
    for (const entry of this.#entries.all) {
      if (!this.#isDue(entry) || seen.has(entry.conversation)) continue;
      seen.add(entry.conversation);
      if (peerOfUnstarted(entry.conversation)) this.#start(entry);
      else this.#send(entry);
    }
  }

  /** Whether an entry can be sent; what can still be undone is looked at again later. */
  #isDue(/** @type {Entry} */ entry) {
    if (entry.status !== 'waiting' || !this.#entries.isOwn(entry.key)) return false;
    const { clock } = this.#dependencies;
    const wait = isRequest(entry) ? entry.notBefore - clock.now() : 0;
    if (wait > 0) clock.after(wait, () => this.flush());
    return wait <= 0;
  }

  /** @returns {Pick<OutboxEntry, 'key' | 'user' | 'time' | 'status'>} */
  #newEntry() {
    const { clock, state } = this.#dependencies;
    const newest = this.#entries.all.at(-1)?.time ?? 0;
    const time = Math.max(clock.now(), newest + 1);
    return { key: newIdempotencyKey(), user: state().me?.id ?? '', time, status: 'waiting' };
  }

  /**
   * Create the conversation of its first message; then the messages are sent there.
   * @param {Entry} entry
   */
  async #start({ key, conversation }) {
    this.#sendingIn.add(conversation);
    try {
      await this.#dependencies.conversations.openDirect(peerOfUnstarted(conversation) ?? '');
    } catch (error) {
      await this.#onFailure(key, error);
    }
    this.#sendingIn.delete(conversation);
    this.flush();
  }

  /**
   * Move messages to their conversation once it exists. Before any later message is sent there: the
   * order must stay.
   */
  #moveStarted() {
    for (const { key, conversation } of this.#entries.all) {
      const peer = peerOfUnstarted(conversation);
      const started = peer === null ? undefined : directWith(this.#dependencies.state(), peer);
      if (started) this.#entries.update(key, { conversation: started.head.conversation });
    }
  }

  /** @param {Entry} entry */
  async #send(entry) {
    const { conversation, key } = entry;
    this.#sendingIn.add(conversation);
    await this.#entries.update(key, { status: 'sending' });
    try {
      const answer = await this.#dependencies.connection.request(...frameOf(entry));
      this.#failures = 0;
      this.#onAnswer(entry, answer);
      await this.#entries.remove(key);
    } catch (error) {
      await this.#onFailure(key, error);
    }
    this.#sendingIn.delete(conversation);
    this.flush();
  }

  /** @param {Entry} entry @param {Record<string, any>} answer */
  #onAnswer(entry, answer) {
    const { clock, dispatch } = this.#dependencies;
    if (!isRequest(entry)) {
      const { seq, offset, at, mentions } = answer;
      dispatch({ type: 'sent', entry, seq, offset, at, mentions });
      return;
    }
    for (const other of this.#entries.all)
      if (other.key !== entry.key && isRequest(other) && isEditOf(other, entry))
        this.#rebase(other, answer.revision);
    const at = new Date(clock.now()).toISOString();
    dispatch({ type: 'request-done', entry, answer, at });
  }

  /**
   * Let an edit build on another revision than the one that was seen.
   * @param {QueuedRequest} entry
   * @param {number} revision
   */
  #rebase({ key, request }, revision) {
    return this.#entries.update(key, { request: { ...request, revision }, present: undefined });
  }

  /**
   * Handle an error: keep the entry waiting after a temporary one, mark it as failed after a
   * permanent one.
   * @param {string} key
   * @param {any} error
   */
  async #onFailure(key, error) {
    if (!error.temporary) {
      const { present } = error;
      const failed = { status: /** @type {const} */ ('failed'), error: errorCode(error) };
      return this.#entries.update(key, present ? { ...failed, present } : failed);
    }
    await this.#entries.update(key, { status: 'waiting' });
    if (error instanceof NetworkError && error.code !== 'timeout') return undefined;
    const { clock, random } = this.#dependencies;
    const delay = error.retryAfter ?? retryDelay(this.#failures, random);
    this.#failures += 1;
    return new Promise((resolve) => clock.after(delay, () => resolve(undefined)));
  }
}
