/**
 * The sender: takes messages, keeps them on the shelf, and sends each until the service answered.
 *
 * One message of a conversation is under way at a time, so that a retry never lets a later one
 * pass. A lost answer is no question: the same key is sent again and gives the same message.
 */

import { retryDelay } from './codes.js';
import { NoAnswer, codeOf } from './errors.js';
import { newKey } from './outbox.js';

/** @import {Clock} from './clock.js' */
/** @import {Shelf} from './outbox.js' */
/** @import {Link} from './socket.js' */
/** @import {Tabs} from './tabs.js' */
/** @import {Entry, Frame, State} from './types.js' */
/**
 * @typedef {object} SenderNeeds
 * @property {Shelf} shelf
 * @property {Pick<Link, 'request' | 'online'>} link
 * @property {Tabs} tabs
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

/** A message of another tab is adopted when that tab did not get it through for so long. */
const ORPHANED = 5_000;

export class Sender {
  #needs;
  /** @type {Entry[]} oldest first */
  #entries = [];
  /** Keys that this tab took or adopted. @type {Set<string>} */
  #own = new Set();
  /**
   * Keys that left the outbox: a shelf that was read before must not bring them back.
   * @type {Set<string>}
   */
  #gone = new Set();
  /** Conversations with a message under way. @type {Set<string>} */
  #busy = new Set();
  #failures = 0;

  /** @param {SenderNeeds} needs */
  constructor(needs) {
    this.#needs = needs;
    needs.tabs.onTold((topic) => topic === 'outbox' && this.reload());
    needs.tabs.onSpeak(() => this.adopt());
  }

  /**
   * Take a message: it is on the shelf before it is on the wire.
   * @param {Pick<Entry, 'conversation' | 'body' | 'reply_to' | 'mentions'>} content
   * @returns {Promise<Entry>}
   */
  async post(content) {
    const { clock, shelf, state } = this.#needs;
    const user = state().me?.id ?? '';
    const newest = this.#entries.at(-1)?.time ?? 0;
    const time = Math.max(clock.now(), newest + 1);
    /** @type {Entry} */
    const entry = { ...content, key: newKey(), user, kind: 'text', time, status: 'waiting' };
    this.#own.add(entry.key);
    this.#show([...this.#entries, entry]);
    // A full disk must not stop a message that can be sent now.
    await shelf.put(entry).catch(() => {});
    this.#needs.tabs.tell('outbox');
    this.flush();
    return entry;
  }

  /** Try a failed message again. @param {string} key */
  async retry(key) {
    this.#own.add(key);
    await this.#update(key, { status: 'waiting', error: undefined });
    this.flush();
  }

  /** Throw a message away. @param {string} key */
  async discard(key) {
    this.#gone.add(key);
    this.#show(this.#entries.filter((entry) => entry.key !== key));
    await this.#needs.shelf.remove(key).catch(() => {});
    this.#needs.tabs.tell('outbox');
  }

  /** Begin with what an earlier page left on the shelf. */
  async restore() {
    await this.reload();
    this.adopt();
  }

  /** Read the shelf again: another tab changed it. */
  async reload() {
    const user = this.#needs.state().me?.id;
    const kept = (await this.#needs.shelf.all()).filter(
      (entry) => entry.user === user && !this.#gone.has(entry.key),
    );
    // What this tab has under way is better known here than on the shelf.
    const own = this.#entries.filter((entry) => this.#own.has(entry.key));
    const others = kept.filter((entry) => !this.#own.has(entry.key));
    this.#show([...own, ...others].sort((one, other) => one.time - other.time));
    if (others.length) this.#needs.clock.after(ORPHANED, () => this.adopt(ORPHANED));
  }

  /**
   * Forget everything, on leaving; what is on the shelf, too, where it is to be clean.
   * @param {boolean} clean
   */
  async reset(clean) {
    this.#own.clear();
    this.#show([]);
    if (clean) await this.#needs.shelf.clear().catch(() => {});
  }

  /**
   * In the speaking tab: take over what other tabs left behind.
   * @param {number} [age] milliseconds since it was written; without it, whatever there is
   */
  adopt(age) {
    if (!this.#needs.tabs.speaks()) return;
    const before = age ? this.#needs.clock.now() - age : Infinity;
    for (const entry of this.#entries) if (entry.time <= before) this.#own.add(entry.key);
    this.flush();
  }

  /** Send the first waiting message of every conversation that has none under way. */
  flush() {
    if (!this.#needs.link.online) return;
    const seen = new Set(this.#busy);
    for (const entry of this.#entries) {
      if (entry.status !== 'waiting' || seen.has(entry.conversation) || !this.#own.has(entry.key))
        continue;
      seen.add(entry.conversation);
      this.#send(entry);
    }
  }

  /** @param {Entry} entry */
  async #send(entry) {
    const { conversation, key, kind, body, reply_to, mentions } = entry;
    const { link, dispatch } = this.#needs;
    this.#busy.add(conversation);
    await this.#update(key, { status: 'sending' });
    try {
      const ok = await link.request('message.send', {
        conversation,
        key,
        kind,
        body,
        reply_to,
        mentions,
      });
      this.#failures = 0;
      dispatch({ type: 'sent', entry, seq: ok.seq, offset: ok.offset, at: ok.at });
      await this.discard(key);
    } catch (error) {
      await this.#missed(entry, error);
    }
    this.#busy.delete(conversation);
    this.flush();
  }

  /**
   * The message did not get through, or nobody knows.
   * @param {Entry} entry
   * @param {any} error
   */
  async #missed(entry, error) {
    if (!error.temporary) {
      return this.#update(entry.key, { status: 'failed', error: codeOf(error) });
    }
    await this.#update(entry.key, { status: 'waiting' });
    if (error instanceof NoAnswer && error.code !== 'timeout') return undefined;
    const { clock, random } = this.#needs;
    const delay = error.retryAfter ?? retryDelay(this.#failures, random);
    this.#failures += 1;
    return new Promise((resolve) => clock.after(delay, () => resolve(undefined)));
  }

  /**
   * @param {string} key
   * @param {Partial<Entry>} changes
   */
  async #update(key, changes) {
    const entry = this.#entries.find((known) => known.key === key);
    if (!entry) return;
    const next = { ...entry, ...changes };
    this.#show(this.#entries.map((known) => (known.key === key ? next : known)));
    const failed = (/** @type {Entry} */ one) => one.status === 'failed';
    // The shelf needs to know only what a new page must know.
    if (failed(next) !== failed(entry)) {
      const kept = failed(next) ? next : { ...next, status: /** @type {const} */ ('waiting') };
      await this.#needs.shelf.put(kept).catch(() => {});
      this.#needs.tabs.tell('outbox');
    }
  }

  /** @param {Entry[]} entries */
  #show(entries) {
    this.#entries = entries;
    this.#needs.dispatch({ type: 'outbox', entries });
  }
}
