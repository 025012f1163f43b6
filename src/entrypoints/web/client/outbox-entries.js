/**
 * The entries of the outbox: in memory, in the storage, and shared with the other tabs. An entry
 * belongs to the tab that added it until the leading tab takes it over.
 */

import { isRequest } from './outbox-requests.js';

/** @import {Clock} from './clock.js' */
/** @import {Entry} from './outbox-requests.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {Tabs} from './tabs.js' */
/** @import {Frame, OutboxEntry, QueuedRequest, State} from './types.js' */
/**
 * @typedef {object} EntriesDependencies
 * @property {ClientStorage} storage
 * @property {Tabs} tabs
 * @property {Clock} clock
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

/** An entry of another tab is taken over if that tab has not sent it within this time. */
const ADOPT_AFTER_MS = 5_000;

export class OutboxEntries {
  #dependencies;
  #onAdopted;
  /** @type {Entry[]} oldest first */
  #entries = [];
  /** Keys of the entries that this tab created or took over. @type {Set<string>} */
  #ownKeys = new Set();
  /**
   * Keys of removed entries: a copy of the storage that was read earlier must not restore them.
   * @type {Set<string>}
   */
  #removedKeys = new Set();

  /** @param {EntriesDependencies} dependencies @param {() => void} onAdopted */
  constructor(dependencies, onAdopted) {
    this.#dependencies = dependencies;
    this.#onAdopted = onAdopted;
    dependencies.tabs.onMessage(
      (topic, detail) => topic === 'outbox' && this.#onTabMessage(detail),
    );
  }

  /** All entries, oldest first. @returns {readonly Entry[]} */
  get all() {
    return this.#entries;
  }

  /** @param {string} key */
  find(key) {
    return this.#entries.find((entry) => entry.key === key);
  }

  /** Whether this tab sends an entry. @param {string} key */
  isOwn(key) {
    return this.#ownKeys.has(key);
  }

  /** Send an entry from this tab from now on. @param {string} key */
  own(key) {
    this.#ownKeys.add(key);
  }

  /** Add and store an entry. @param {Entry} entry */
  async add(entry) {
    this.own(entry.key);
    this.#set([...this.#entries, entry]);
    await this.#store(entry);
  }

  /**
   * @param {string} key
   * @param {Partial<OutboxEntry & QueuedRequest>} changes
   */
  async update(key, changes) {
    const entry = this.find(key);
    if (!entry) return;
    const next = /** @type {Entry} */ ({ ...entry, ...changes });
    this.#set(this.#entries.map((known) => (known.key === key ? next : known)));
    if (isStoredDifferently(entry, next)) await this.#store(next);
  }

  /** Delete an entry. @param {string} key */
  async remove(key) {
    const { storage, tabs } = this.#dependencies;
    this.#drop(key);
    await storage.removeEntry(key).catch(() => {});
    tabs.broadcast('outbox', { removed: key });
  }

  /** Read the entries from the storage, after another tab changed them. */
  async reload() {
    const { clock, state, storage } = this.#dependencies;
    const user = state().me?.id;
    const stored = (await storage.listEntries()).filter(
      (entry) => entry.user === user && !this.#removedKeys.has(entry.key),
    );
    // For its own entries this tab knows more than the storage.
    const own = this.#entries.filter((entry) => this.#ownKeys.has(entry.key));
    const others = stored.filter((entry) => !this.#ownKeys.has(entry.key));
    this.#set([...own, ...others].sort((one, other) => one.time - other.time));
    if (others.length) clock.after(ADOPT_AFTER_MS, () => this.adopt(ADOPT_AFTER_MS));
  }

  /**
   * In the leading tab: take over the entries of other tabs.
   * @param {number} [age] only entries that are at least this many milliseconds old
   */
  adopt(age) {
    const { clock, tabs } = this.#dependencies;
    if (!tabs.isLeader()) return;
    const before = age ? clock.now() - age : Infinity;
    for (const entry of this.#entries) if (entry.time <= before) this.#ownKeys.add(entry.key);
    this.#onAdopted();
  }

  /**
   * Forget all entries at log-out.
   * @param {boolean} deleteStored delete them from the storage, too
   */
  async reset(deleteStored) {
    this.#ownKeys.clear();
    this.#set([]);
    if (deleteStored) await this.#dependencies.storage.clear().catch(() => {});
  }

  /** A full disk must not stop an entry that can be sent now. @param {Entry} entry */
  async #store(entry) {
    const { storage, tabs } = this.#dependencies;
    /** @type {Entry} */
    const stored = entry.status === 'failed' ? entry : { ...entry, status: 'waiting' };
    await storage.putEntry(stored).catch(() => {});
    tabs.broadcast('outbox');
  }

  /** Another tab changed the stored entries. @param {{removed?: string}} [change] */
  #onTabMessage({ removed } = {}) {
    if (removed) this.#drop(removed);
    return this.reload();
  }

  /** @param {string} key */
  #drop(key) {
    this.#removedKeys.add(key);
    this.#set(this.#entries.filter((entry) => entry.key !== key));
  }

  /** @param {Entry[]} entries */
  #set(entries) {
    this.#entries = entries;
    this.#dependencies.dispatch({ type: 'outbox', entries });
  }
}

/**
 * Whether the next page must know of a change.
 * @param {Entry} before
 * @param {Entry} after
 */
const isStoredDifferently = (before, after) =>
  (before.status === 'failed') !== (after.status === 'failed') ||
  before.conversation !== after.conversation ||
  (isRequest(before) && isRequest(after) && before.request !== after.request);
