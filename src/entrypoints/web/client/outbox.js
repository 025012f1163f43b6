/**
 * Where unsent messages are kept: a shelf that outlives the page.
 *
 * The rest of the client sees a `Shelf`; in a browser it is IndexedDB, in a test a map. Where a
 * browser forbids storage, the map serves too: messages are then lost with the page, not before.
 */

/** @import {Entry} from './types.js' */
/**
 * @typedef {object} Shelf
 * @property {() => Promise<Entry[]>} all
 * @property {(entry: Entry) => Promise<void>} put
 * @property {(key: string) => Promise<void>} remove
 * @property {(name: string) => Promise<any>} recall a value kept under a name, or undefined
 * @property {(name: string, value: unknown) => Promise<void>} keep
 * @property {() => Promise<void>} clear everything, on leaving
 */

/** @returns {Shelf} */
export function memoryShelf() {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  const values = new Map();
  return {
    all: async () => [...entries.values()],
    put: async (entry) => void entries.set(entry.key, structuredClone(entry)),
    remove: async (key) => void entries.delete(key),
    recall: async (name) => structuredClone(values.get(name)),
    keep: async (name, value) => void values.set(name, structuredClone(value)),
    clear: async () => {
      entries.clear();
      values.clear();
    },
  };
}

const VERSION = 1;
const ENTRIES = 'outbox';
const VALUES = 'values';

/**
 * @param {IDBFactory} factory
 * @param {string} name of the database
 * @returns {Promise<Shelf>}
 */
export async function databaseShelf(factory, name) {
  const database = await open(factory, name);
  /** @param {string} store @param {(store: IDBObjectStore) => IDBRequest} deed */
  const run = (store, deed) =>
    settle(deed(database.transaction(store, 'readwrite').objectStore(store)));
  return {
    all: () => run(ENTRIES, (store) => store.getAll()),
    put: (entry) => run(ENTRIES, (store) => store.put(entry)),
    remove: (key) => run(ENTRIES, (store) => store.delete(key)),
    recall: (key) => run(VALUES, (store) => store.get(key)),
    keep: (key, value) => run(VALUES, (store) => store.put(value, key)),
    clear: async () => {
      await run(ENTRIES, (store) => store.clear());
      await run(VALUES, (store) => store.clear());
    },
  };
}

/** @param {IDBFactory} factory @param {string} name @returns {Promise<IDBDatabase>} */
function open(factory, name) {
  const request = factory.open(name, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ENTRIES, { keyPath: 'key' });
    request.result.createObjectStore(VALUES);
  };
  return settle(request);
}

/** @param {IDBRequest} request @returns {Promise<any>} */
const settle = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * A random UUID (version 4). `crypto.randomUUID` is missing where the page came over plain HTTP.
 * @returns {string}
 */
export function newKey() {
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
