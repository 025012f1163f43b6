/** Browser features that may be refused. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  knownLocales,
  LocalValues,
  openClientStorage,
  withMemoryFallback,
} from '../../../src/entrypoints/web/client/platform.js';
import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import { browserTabs } from '../../../src/entrypoints/web/client/tabs.js';
import { chooseLanguage, formatTime, setLanguage } from '../../../src/entrypoints/web/ui/i18n.js';

const refuse = (/** @type {string} */ name) => {
  throw new DOMException('refused by the test', name);
};
const entry = /** @type {any} */ ({ key: 'k', conversation: 'c', status: 'waiting', time: 1 });

describe('local storage', () => {
  it('keeps values in memory where site data is blocked, and says so', () => {
    /** @type {string[]} */
    const losses = [];
    const values = new LocalValues(
      () => refuse('SecurityError'),
      (loss) => losses.push(loss),
    );
    assert.equal(values.get('draft'), null);
    values.set('draft', 'hello');
    assert.equal(values.get('draft'), 'hello');
    assert.deepEqual(values.keys(), ['draft']);
    values.remove('draft');
    assert.deepEqual([values.get('draft'), values.keys()], [null, []]);
    assert.deepEqual(losses, ['blocked']);
  });

  it('shows the newest value when the storage is full, not the one that is stored', () => {
    /** @type {string[]} */
    const losses = [];
    const storage = /** @type {any} */ ({
      getItem: () => 'old',
      setItem: () => refuse('QuotaExceededError'),
    });
    const values = new LocalValues(
      () => storage,
      (loss) => losses.push(loss),
    );
    values.set('draft', 'new');
    assert.equal(values.get('draft'), 'new');
    assert.deepEqual(losses, ['full']);
  });
});

describe('the storage of the client', () => {
  it('is in memory where IndexedDB is refused', async () => {
    /** @type {string[]} */
    const losses = [];
    const storage = await openClientStorage(
      () => refuse('SecurityError'),
      'parlour',
      (loss) => losses.push(loss),
    );
    await storage.putEntry(entry);
    assert.deepEqual(await storage.listEntries(), [entry]);
    assert.deepEqual(losses, ['blocked']);
  });

  it('keeps in memory what a full disk refuses', async () => {
    const disk = memoryStorage();
    await disk.setValue('snapshot', 'old');
    let isFull = true;
    const fails = async () => (isFull ? refuse('QuotaExceededError') : undefined);
    /** @type {string[]} */
    const losses = [];
    const storage = withMemoryFallback({ ...disk, putEntry: fails, setValue: fails }, (loss) =>
      losses.push(loss),
    );
    await storage.putEntry(entry);
    await storage.setValue('snapshot', 'new');
    assert.deepEqual(await storage.listEntries(), [entry]);
    assert.equal(await storage.getValue('snapshot'), 'new');
    assert.deepEqual(losses, ['full', 'full']);
    isFull = false;
    await storage.removeEntry(entry.key);
    assert.deepEqual(await storage.listEntries(), []);
    await storage.clear();
    assert.equal(await storage.getValue('snapshot'), undefined);
  });

  it('starts empty where the stored entries cannot be read', async () => {
    const fails = () => refuse('InvalidStateError');
    const storage = withMemoryFallback(
      { ...memoryStorage(), listEntries: fails, getValue: fails },
      () => {},
    );
    assert.deepEqual(await storage.listEntries(), []);
    assert.equal(await storage.getValue('snapshot'), undefined);
  });
});

describe('tabs without locks', () => {
  const locks = /** @type {any} */ ({ request: async () => refuse('SecurityError') });

  it('lead themselves and refresh without a lock', async () => {
    const tabs = browserTabs(locks, /** @type {any} */ ({ postMessage: () => {} }));
    await new Promise((resolve) => tabs.onBecomeLeader(() => resolve(undefined)));
    assert.ok(tabs.isLeader());
    assert.equal(await tabs.withLock('refresh', async () => 'token'), 'token');
  });

  it('do the work once when the work itself fails', async () => {
    const granted = /** @type {any} */ ({
      request: async (/** @type {string} */ _name, /** @type {() => any} */ work) => work(),
    });
    const tabs = browserTabs(granted, /** @type {any} */ ({ postMessage: () => {} }));
    let calls = 0;
    const work = () => {
      calls += 1;
      return Promise.reject(new Error('refused'));
    };
    await assert.rejects(tabs.withLock('refresh', work), /refused/);
    assert.equal(calls, 1);
  });
});

describe('a language tag that the platform does not know', () => {
  it('is passed over', () => {
    assert.deepEqual(knownLocales(['en-US@posix', 'C', 'en-GB']), ['en-GB']);
    assert.equal(chooseLanguage('', ['zh_CN.UTF-8']), 'zh');
    assert.equal(chooseLanguage('', ['en@posix', 'zh']), 'en');
    setLanguage('en', ['en-US@posix']);
    assert.match(formatTime(0), /\d/);
    setLanguage('en', ['en']);
  });
});
