/**
 * Browser features that a setting, a private window or a full disk may refuse, and what replaces
 * them.
 *
 * Site data may be blocked (every access throws `SecurityError`), storage may be full
 * (`QuotaExceededError`), and insecure origins lack some features. The page must work all the same,
 * so nothing here throws. What will be lost with the page is reported to `onStorageLoss`.
 */

import { indexedDbStorage, memoryStorage } from './storage.js';

/** @import {ClientStorage} from './storage.js' */
/**
 * Why values are not stored: the browser refuses all of them, or has no room for more.
 * @typedef {'blocked' | 'full'} StorageLoss
 */
/** @typedef {(loss: StorageLoss) => void} LossListener */
/**
 * The part of the browser's local storage that is used.
 * @typedef {{getItem: (key: string) => string | null,
 *   setItem: (key: string, value: string) => void, removeItem: (key: string) => void}} TextStorage
 */

/** IndexedDB can hang while another process deletes the data of the site. */
const OPEN_TIMEOUT_MS = 3_000;

/**
 * Use a feature that may throw.
 * @template T
 * @param {() => T} use
 * @param {T} fallback the result if the feature is missing or refused
 * @returns {T}
 */
export function optional(use, fallback) {
  try {
    return use();
  } catch {
    return fallback;
  }
}

/**
 * Use an asynchronous feature that may throw or reject.
 * @template T
 * @param {() => T | Promise<T>} use
 * @param {T} fallback
 * @returns {Promise<T>}
 */
export async function optionalAsync(use, fallback) {
  try {
    return await use();
  } catch {
    return fallback;
  }
}

/** @param {unknown} error @returns {StorageLoss} */
const lossOf = (error) =>
  /** @type {any} */ (error)?.name === 'QuotaExceededError' ? 'full' : 'blocked';

/** Small texts by key, in the browser's local storage; in memory what it refuses. */
export class LocalValues {
  #storage;
  #onLoss;
  /** What could not be stored; null for a removed key. @type {Map<string, string | null>} */
  #unstored = new Map();

  /** @param {() => TextStorage} storage may throw @param {LossListener} onLoss */
  constructor(storage, onLoss) {
    this.#storage = storage;
    this.#onLoss = onLoss;
  }

  /** @param {string} key @returns {string | null} */
  get(key) {
    const unstored = this.#unstored.get(key);
    return unstored === undefined ? optional(() => this.#storage().getItem(key), null) : unstored;
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    this.#change(key, value, (storage) => storage.setItem(key, value));
  }

  /** @param {string} key */
  remove(key) {
    this.#change(key, null, (storage) => storage.removeItem(key));
  }

  /** @returns {string[]} */
  keys() {
    const stored = optional(() => Object.keys(this.#storage()), []);
    return [...new Set([...stored, ...this.#unstored.keys()])].filter(
      (key) => this.get(key) !== null,
    );
  }

  /**
   * @param {string} key
   * @param {string | null} value
   * @param {(storage: TextStorage) => void} change
   */
  #change(key, value, change) {
    try {
      change(this.#storage());
      this.#unstored.delete(key);
    } catch (error) {
      this.#unstored.set(key, value);
      if (value !== null) this.#onLoss(lossOf(error));
    }
  }
}

/**
 * The client's storage in IndexedDB; in memory what it refuses.
 * @param {() => IDBFactory} factory may throw
 * @param {string} name of the database
 * @param {LossListener} onLoss
 * @returns {Promise<ClientStorage>}
 */
export async function openClientStorage(factory, name, onLoss) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), OPEN_TIMEOUT_MS);
  });
  const open = async () => indexedDbStorage(factory(), name);
  try {
    return withMemoryFallback(await Promise.race([open(), timeout]), onLoss);
  } catch (error) {
    onLoss(lossOf(error));
    return memoryStorage();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A storage that keeps in memory what another one refuses.
 * @param {ClientStorage} storage
 * @param {LossListener} onLoss
 * @returns {ClientStorage}
 */
export function withMemoryFallback(storage, onLoss) {
  const memory = memoryStorage();
  /** Names of the values in memory, which are newer than the stored ones. @type {Set<string>} */
  const newer = new Set();
  /** @param {(target: ClientStorage) => Promise<void>} write @returns {Promise<boolean>} stored */
  const store = async (write) => {
    try {
      await write(storage);
      return true;
    } catch (error) {
      await write(memory);
      onLoss(lossOf(error));
      return false;
    }
  };
  return {
    async listEntries() {
      const stored = await optionalAsync(() => storage.listEntries(), []);
      const unstored = await memory.listEntries();
      const keys = new Set(unstored.map(({ key }) => key));
      return [...stored.filter(({ key }) => !keys.has(key)), ...unstored];
    },
    async putEntry(entry) {
      const isStored = await store((target) => target.putEntry(entry));
      if (isStored) await memory.removeEntry(entry.key);
    },
    async removeEntry(key) {
      await memory.removeEntry(key);
      await optionalAsync(() => storage.removeEntry(key), undefined);
    },
    getValue: (key) =>
      newer.has(key)
        ? memory.getValue(key)
        : optionalAsync(() => storage.getValue(key), undefined),
    async setValue(key, value) {
      const isStored = await store((target) => target.setValue(key, value));
      if (isStored) newer.delete(key);
      else newer.add(key);
    },
    async clear() {
      newer.clear();
      await memory.clear();
      await optionalAsync(() => storage.clear(), undefined);
    },
  };
}

/**
 * The language tags that the platform knows. An unknown one, for example `en-US@posix` from the
 * environment of a process, makes every constructor of `Intl` throw.
 * @param {readonly string[]} tags
 * @returns {string[]}
 */
export const knownLocales = (tags) =>
  tags.filter((tag) => optional(() => Intl.getCanonicalLocales(tag).length > 0, false));
