/**
 * The outbox: stores messages, and sends each until the service has answered.
 *
 * Only one message of a conversation is sent at a time, so that a retry is never overtaken by a
 * later message. If an answer is lost, the message is sent again with the same idempotency key and
 * stays one message. The first message to a person creates the conversation; the service has one for
 * two people, however often it is asked for.
 */

import { retryDelay } from './close-codes.js';
import { NetworkError, errorCode } from './errors.js';
import { newIdempotencyKey } from './storage.js';
import { directWith, peerOfUnstarted } from './store/unstarted.js';

/** @import {Clock} from './clock.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {Connection} from './connection.js' */
/** @import {Conversations} from './conversations.js' */
/** @import {Tabs} from './tabs.js' */
/** @import {OutboxEntry, Frame, State} from './types.js' */
/**
 * @typedef {object} OutboxDependencies
 * @property {ClientStorage} storage
 * @property {Pick<Connection, 'request' | 'online'>} connection
 * @property {Pick<Conversations, 'openDirect'>} conversations
 * @property {Tabs} tabs
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

/** A message of another tab is taken over if that tab has not sent it within this time. */
const ADOPT_AFTER_MS = 5_000;

export class Outbox {
  #dependencies;
  /** @type {OutboxEntry[]} oldest first */
  #entries = [];
  /** Idempotency keys of the entries that this tab created or took over. @type {Set<string>} */
  #ownKeys = new Set();
  /**
   * Keys of removed entries: a copy of the storage that was read earlier must not restore them.
   * @type {Set<string>}
   */
  #removedKeys = new Set();
  /** Conversations in which a message is being sent. @type {Set<string>} */
  #sendingIn = new Set();
  #failures = 0;

  /** @param {OutboxDependencies} dependencies */
  constructor(dependencies) {
    this.#dependencies = dependencies;
    dependencies.tabs.onMessage((topic) => topic === 'outbox' && this.reload());
    dependencies.tabs.onBecomeLeader(() => this.adopt());
  }

  /**
   * Add a message. It is stored before it is sent.
   * @param {Pick<OutboxEntry, 'conversation' | 'body' | 'reply_to' | 'mentions'>} content
   * @returns {Promise<OutboxEntry>}
   */
  async send(content) {
    const { clock, storage, state } = this.#dependencies;
    const user = state().me?.id ?? '';
    const newest = this.#entries.at(-1)?.time ?? 0;
    const time = Math.max(clock.now(), newest + 1);
    const peer = state().users.get(peerOfUnstarted(content.conversation) ?? '');
    /** @type {OutboxEntry} */
    const entry = {
      ...content,
      ...(peer && { peer }),
      key: newIdempotencyKey(),
      user,
      kind: 'text',
      time,
      status: 'waiting',
    };
    this.#ownKeys.add(entry.key);
    this.#setEntries([...this.#entries, entry]);
    // A full disk must not stop a message that can be sent now.
    await storage.putEntry(entry).catch(() => {});
    this.#dependencies.tabs.broadcast('outbox');
    this.flush();
    return entry;
  }

  /** Send a failed message again. @param {string} key */
  async retry(key) {
    this.#ownKeys.add(key);
    await this.#update(key, { status: 'waiting', error: undefined });
    this.flush();
  }

  /** Delete an unsent message. @param {string} key */
  async discard(key) {
    this.#removedKeys.add(key);
    this.#setEntries(this.#entries.filter((entry) => entry.key !== key));
    await this.#dependencies.storage.removeEntry(key).catch(() => {});
    this.#dependencies.tabs.broadcast('outbox');
  }

  /** Load the entries that an earlier page stored. */
  async restore() {
    await this.reload();
    this.adopt();
  }

  /** Read the entries from the storage, after another tab changed them. */
  async reload() {
    const user = this.#dependencies.state().me?.id;
    const stored = (await this.#dependencies.storage.listEntries()).filter(
      (entry) => entry.user === user && !this.#removedKeys.has(entry.key),
    );
    // For its own entries this tab knows more than the storage.
    const own = this.#entries.filter((entry) => this.#ownKeys.has(entry.key));
    const others = stored.filter((entry) => !this.#ownKeys.has(entry.key));
    this.#setEntries([...own, ...others].sort((one, other) => one.time - other.time));
    if (others.length)
      this.#dependencies.clock.after(ADOPT_AFTER_MS, () => this.adopt(ADOPT_AFTER_MS));
  }

  /**
   * Forget all entries at log-out.
   * @param {boolean} deleteStored delete them from the storage, too
   */
  async reset(deleteStored) {
    this.#ownKeys.clear();
    this.#setEntries([]);
    if (deleteStored) await this.#dependencies.storage.clear().catch(() => {});
  }

  /**
   * In the leading tab: take over the entries of other tabs.
   * @param {number} [age] only entries that are at least this many milliseconds old
   */
  adopt(age) {
    if (!this.#dependencies.tabs.isLeader()) return;
    const before = age ? this.#dependencies.clock.now() - age : Infinity;
    for (const entry of this.#entries) if (entry.time <= before) this.#ownKeys.add(entry.key);
    this.flush();
  }

  /** Send the first waiting entry of each conversation in which none is being sent. */
  flush() {
    this.#moveStarted();
    if (!this.#dependencies.connection.online) return;
    const seen = new Set(this.#sendingIn);
    for (const entry of this.#entries) {
      if (
        entry.status !== 'waiting' ||
        seen.has(entry.conversation) ||
        !this.#ownKeys.has(entry.key)
      )
        continue;
      seen.add(entry.conversation);
      if (peerOfUnstarted(entry.conversation)) this.#start(entry);
      else this.#send(entry);
    }
  }

  /**
   * Create the conversation of its first message; then the messages are sent there.
   * @param {OutboxEntry} entry
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
    for (const { key, conversation } of this.#entries) {
      const peer = peerOfUnstarted(conversation);
      const started = peer === null ? undefined : directWith(this.#dependencies.state(), peer);
      if (started) this.#update(key, { conversation: started.head.conversation });
    }
  }

  /** @param {OutboxEntry} entry */
  async #send(entry) {
    const { conversation, key, kind, body, reply_to, mentions } = entry;
    const { connection, dispatch } = this.#dependencies;
    this.#sendingIn.add(conversation);
    await this.#update(key, { status: 'sending' });
    try {
      const ok = await connection.request('message.send', {
        conversation,
        key,
        kind,
        body,
        reply_to,
        mentions,
      });
      this.#failures = 0;
      const { seq, offset, at, mentions: counted } = ok;
      dispatch({ type: 'sent', entry, seq, offset, at, mentions: counted });
      await this.discard(key);
    } catch (error) {
      await this.#onFailure(key, error);
    }
    this.#sendingIn.delete(conversation);
    this.flush();
  }

  /**
   * Handle an error: keep the entry waiting after a temporary one, mark it as failed after a
   * permanent one.
   * @param {string} key
   * @param {any} error
   */
  async #onFailure(key, error) {
    if (!error.temporary) {
      return this.#update(key, { status: 'failed', error: errorCode(error) });
    }
    await this.#update(key, { status: 'waiting' });
    if (error instanceof NetworkError && error.code !== 'timeout') return undefined;
    const { clock, random } = this.#dependencies;
    const delay = error.retryAfter ?? retryDelay(this.#failures, random);
    this.#failures += 1;
    return new Promise((resolve) => clock.after(delay, () => resolve(undefined)));
  }

  /**
   * @param {string} key
   * @param {Partial<OutboxEntry>} changes
   */
  async #update(key, changes) {
    const entry = this.#entries.find((known) => known.key === key);
    if (!entry) return;
    const next = { ...entry, ...changes };
    this.#setEntries(this.#entries.map((known) => (known.key === key ? next : known)));
    const failed = (/** @type {OutboxEntry} */ one) => one.status === 'failed';
    // The storage only needs the changes that the next page must know.
    if (failed(next) !== failed(entry) || next.conversation !== entry.conversation) {
      const stored = failed(next) ? next : { ...next, status: /** @type {const} */ ('waiting') };
      await this.#dependencies.storage.putEntry(stored).catch(() => {});
      this.#dependencies.tabs.broadcast('outbox');
    }
  }

  /** @param {OutboxEntry[]} entries */
  #setEntries(entries) {
    this.#entries = entries;
    this.#dependencies.dispatch({ type: 'outbox', entries });
  }
}
