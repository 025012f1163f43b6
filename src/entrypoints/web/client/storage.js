/**
 * Storage for unsent messages and a few values, which outlives the page.
 *
 * The rest of the client uses the interface `ClientStorage`: IndexedDB in a browser, a map in
 * tests. What happens if the browser refuses IndexedDB is decided in platform.js.
 */

/** @import {Entry} from './outbox-requests.js' */
/**
 * @typedef {object} ClientStorage
 * @property {() => Promise<Entry[]>} listEntries
 * @property {(entry: Entry) => Promise<void>} putEntry
 * @property {(key: string) => Promise<void>} removeEntry
 * @property {(name: string) => Promise<any>} getValue a stored value, or undefined
 * @property {(name: string, value: unknown) => Promise<void>} setValue
 * @property {() => Promise<void>} clear deletes everything, at log-out
 */

/** A storage in memory. @returns {ClientStorage} */
export function memoryStorage() {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  const values = new Map();
  return {
    listEntries: async () => [...entries.values()],
    putEntry: async (entry) => void entries.set(entry.key, structuredClone(entry)),
    removeEntry: async (key) => void entries.delete(key),
    getValue: async (name) => structuredClone(values.get(name)),
    setValue: async (name, value) => void values.set(name, structuredClone(value)),
    clear: async () => {
      entries.clear();
      values.clear();
    },
  };
}

const SCHEMA_VERSION = 1;
const OUTBOX_STORE = 'outbox';
const VALUE_STORE = 'values';

/**
 * A storage in IndexedDB.
 * @param {IDBFactory} factory
 * @param {string} name of the database
 * @returns {Promise<ClientStorage>}
 */
export async function indexedDbStorage(factory, name) {
  const database = await openDatabase(factory, name);
  /** @param {string} store @param {(store: IDBObjectStore) => IDBRequest} operation */
  const run = async (store, operation) =>
    promisify(operation(database.transaction(store, 'readwrite').objectStore(store)));
  return {
    listEntries: () => run(OUTBOX_STORE, (store) => store.getAll()),
    putEntry: (entry) => run(OUTBOX_STORE, (store) => store.put(entry)),
    removeEntry: (key) => run(OUTBOX_STORE, (store) => store.delete(key)),
    getValue: (key) => run(VALUE_STORE, (store) => store.get(key)),
    setValue: (key, value) => run(VALUE_STORE, (store) => store.put(value, key)),
    clear: async () => {
      await run(OUTBOX_STORE, (store) => store.clear());
      await run(VALUE_STORE, (store) => store.clear());
    },
  };
}

/** @param {IDBFactory} factory @param {string} name @returns {Promise<IDBDatabase>} */
function openDatabase(factory, name) {
  const request = factory.open(name, SCHEMA_VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(OUTBOX_STORE, { keyPath: 'key' });
    request.result.createObjectStore(VALUE_STORE);
  };
  return promisify(request);
}

/** @param {IDBRequest} request @returns {Promise<any>} */
const promisify = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * A random UUID (version 4, RFC 9562). `crypto.randomUUID` is missing on insecure origins.
 * @returns {string}
 */
export function newIdempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
