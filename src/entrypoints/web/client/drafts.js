/**
 * Drafts: what was typed and not sent. The service keeps them for all devices of the user; this
 * device keeps what it has not told yet, also over a reload.
 *
 * What is typed here wins over what comes from elsewhere, until the service has it.
 */

import { ServiceError, rethrowUnexpected } from './errors.js';
import { MESSAGE_LIFE_LEVEL } from './limits.js';

/** @import {Clock} from './clock.js' */
/** @import {Connection} from './connection.js' */
/** @import {Draft} from './message-types.js' */
/** @import {Frame, State} from './types.js' */
/**
 * Short texts that outlive the page, shared by its tabs.
 * @typedef {object} Values
 * @property {(key: string) => string | null} get
 * @property {(key: string, value: string) => void} set
 * @property {(key: string) => void} remove
 * @property {() => string[]} keys
 */
/**
 * @typedef {object} DraftsDependencies
 * @property {Values} values
 * @property {Pick<Connection, 'request' | 'online'>} connection
 * @property {Clock} clock
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

const PREFIX = 'parlour.draft.';
/** A draft is sent when nothing was typed for this time. */
const SEND_DELAY_MS = 1_000;
const RETRY_DELAY_MS = 5_000;
/** Longer texts stay on this device. */
const MAX_LENGTH = 8_000;

/** @type {Draft} */
const NONE = Object.freeze({ text: '' });

export class Drafts {
  #dependencies;
  /** Timers by conversation. @type {Map<string, () => void>} */
  #timers = new Map();
  /** Conversations whose draft is being sent. @type {Set<string>} */
  #sending = new Set();
  /** What the service refused, or took, as it is stored here. @type {Map<string, string>} */
  #refused = new Map();
  /** @type {Map<string, {value: string, offset: number}>} */
  #acknowledged = new Map();

  /** @param {DraftsDependencies} dependencies */
  constructor(dependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * What was typed in a conversation and not sent, here or on another device.
   * @param {string} conversation
   * @returns {Draft}
   */
  get(conversation) {
    const local = this.#local(conversation);
    return local ?? this.#dependencies.state().conversations.get(conversation)?.head.draft ?? NONE;
  }

  /** Whether this device knows a text that the service has not taken yet. @param {string} conversation */
  isTypedHere(conversation) {
    return this.#local(conversation) !== null;
  }

  /**
   * Keep what was typed. An empty text removes the draft, on all devices.
   * @param {string} conversation
   * @param {Draft} draft
   */
  write(conversation, { text, reply_to }) {
    const { values, clock } = this.#dependencies;
    const kept = text.trim() ? { text, reply_to } : { text: '' };
    values.set(this.#key(conversation), JSON.stringify(kept));
    this.#timers.get(conversation)?.();
    const send = () => this.#send(conversation);
    if (!kept.text) return void send();
    this.#timers.set(conversation, clock.after(SEND_DELAY_MS, send));
  }

  /** Send what was typed now: the user turns to something else. */
  flush() {
    const prefix = this.#key('');
    for (const key of this.#dependencies.values.keys())
      if (key.startsWith(prefix)) this.#send(key.slice(prefix.length));
  }

  /**
   * Move a draft to another conversation that has none.
   * @param {string} from
   * @param {string} to
   */
  move(from, to) {
    const draft = this.get(from);
    if (draft.text && !this.get(to).text) this.write(to, draft);
    this.#remove(from);
  }

  /** Drop everything that is stored here: the user logs out. */
  clear() {
    const { values } = this.#dependencies;
    for (const cancel of this.#timers.values()) cancel();
    for (const key of values.keys()) if (key.startsWith(PREFIX)) values.remove(key);
  }

  /** Drop what is in the state now. */
  onFrame() {
    const { privateOffset } = this.#dependencies.state();
    for (const [conversation, { value, offset }] of this.#acknowledged) {
      if (privateOffset < offset) continue;
      this.#acknowledged.delete(conversation);
      if (this.#dependencies.values.get(this.#key(conversation)) === value)
        this.#remove(conversation);
    }
  }

  /** Somebody else on this browser must not see them. @param {string} conversation */
  #key(conversation) {
    return `${PREFIX}${this.#dependencies.state().me?.id}.${conversation}`;
  }

  /** @param {string} conversation @returns {Draft | null} */
  #local(conversation) {
    const value = this.#dependencies.values.get(this.#key(conversation));
    return value === null ? null : parseDraft(value);
  }

  /** @param {string} conversation */
  #remove(conversation) {
    this.#timers.get(conversation)?.();
    this.#timers.delete(conversation);
    this.#dependencies.values.remove(this.#key(conversation));
  }

  /** Send a draft, unless the service has it or cannot take it. @param {string} conversation */
  async #send(conversation) {
    const { connection, state, values } = this.#dependencies;
    this.#timers.get(conversation)?.();
    const value = values.get(this.#key(conversation));
    const known = state().conversations.get(conversation);
    if (value === null || !known || known.left || this.#sending.has(conversation)) return;
    const { text, reply_to } = parseDraft(value);
    // Nothing was there, and nothing is there.
    if (!text && !known.head.draft) return this.#remove(conversation);
    const isSettled = [
      this.#refused.get(conversation),
      this.#acknowledged.get(conversation)?.value,
    ];
    const isLocal = state().level < MESSAGE_LIFE_LEVEL || [...text].length > MAX_LENGTH;
    if (isLocal || !connection.online || isSettled.includes(value)) return;
    this.#sending.add(conversation);
    try {
      const fields = { conversation, text: text || null, reply_to };
      const { offset } = await connection.request('draft.set', fields);
      this.#onTaken(conversation, value, offset);
    } catch (error) {
      this.#onFailure(conversation, value, error);
    }
    this.#sending.delete(conversation);
    if ((values.get(this.#key(conversation)) ?? value) !== value) this.#sendLater(conversation);
  }

  /** @param {string} conversation @param {string} value @param {number} offset of the private log */
  #onTaken(conversation, value, offset) {
    const { dispatch, clock } = this.#dependencies;
    const { text, reply_to } = parseDraft(value);
    this.#acknowledged.set(conversation, { value, offset });
    const data = { conversation, text: text || null, reply_to };
    const at = new Date(clock.now()).toISOString();
    dispatch({ type: 'event.me', kind: 'draft.changed', offset, at, data });
    this.onFrame();
  }

  /** @param {string} conversation @param {string} value @param {unknown} error */
  #onFailure(conversation, value, error) {
    rethrowUnexpected(error);
    if (error instanceof ServiceError && !error.temporary) this.#refused.set(conversation, value);
    else this.#sendLater(conversation, RETRY_DELAY_MS);
  }

  /** @param {string} conversation @param {number} [delay] milliseconds */
  #sendLater(conversation, delay = SEND_DELAY_MS) {
    const send = () => this.#send(conversation);
    this.#timers.get(conversation)?.();
    this.#timers.set(conversation, this.#dependencies.clock.after(delay, send));
  }
}

/** @param {string} value as it was stored; earlier versions stored the text alone @returns {Draft} */
function parseDraft(value) {
  if (!value.startsWith('{')) return { text: value };
  try {
    const { text, reply_to } = JSON.parse(value);
    return { text: String(text), ...(Number.isInteger(reply_to) && { reply_to }) };
  } catch {
    return { text: value };
  }
}

/** Values that last as long as the page. @returns {Values} */
export function memoryValues() {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}
