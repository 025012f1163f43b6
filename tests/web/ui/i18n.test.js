import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { EN } from '../../../src/entrypoints/web/text/en.js';
import { ZH } from '../../../src/entrypoints/web/text/zh.js';
import { deviceName } from '../../../src/entrypoints/web/ui/device-name.js';
import {
  formatShortTime,
  formatDay,
  dayNumber,
  chooseLanguage,
  setLanguage,
  t,
} from '../../../src/entrypoints/web/ui/i18n.js';
import { typedMention } from '../../../src/entrypoints/web/ui/mentions.js';
import { hashFor, parseHash } from '../../../src/entrypoints/web/ui/router.js';

const UI = new URL('../../../src/entrypoints/web/ui/', import.meta.url);
const plain = (/** @type {string} */ text) => text.replaceAll(/[\u2068\u2069]/g, '');

/** @param {string | {one?: string, other: string}} entry */
const forms = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry));
/** @param {string | {one?: string, other: string}} entry */
const values = (entry) =>
  [...new Set(forms(entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

describe('the translations', () => {
  it('exist in both languages, with the same values', () => {
    assert.deepEqual(Object.keys(ZH).sort(), Object.keys(EN).sort());
    for (const [phrase, entry] of Object.entries(EN)) {
      assert.deepEqual(values(ZH[/** @type {keyof typeof EN} */ (phrase)]), values(entry), phrase);
    }
  });

  it('get exactly the values that they contain wherever they are used', async () => {
    const names = (await readdir(UI, { recursive: true })).filter((name) => name.endsWith('.js'));
    const call = /\bt\(\s*'([\w.-]+)'\s*(?:,\s*(\{(?:[^{}]|\{[^{}]*\})*\}))?,?\s*\)/g;
    for (const name of names) {
      const code = await readFile(new URL(name, UI), 'utf8');
      for (const [, key, passed] of code.matchAll(call)) {
        const given = [...(passed ?? '').matchAll(/[{,]\s*(\w+)\s*(?=[:,}])/g)].map(
          ([, value]) => `{${value}}`,
        );
        assert.deepEqual(
          given.sort(),
          values(EN[/** @type {keyof typeof EN} */ (key)]),
          `${name}: ${key}`,
        );
      }
    }
  });

  it('contain no unused text', async () => {
    const names = (await readdir(UI, { recursive: true })).filter((name) => name.endsWith('.js'));
    const code = (
      await Promise.all(names.map((name) => readFile(new URL(name, UI), 'utf8')))
    ).join('\n');
    const made = [...code.matchAll(/`(\w+\.[\w-]*)\$\{/g)].map((match) => match[1]);
    const unsaid = Object.keys(EN).filter(
      (phrase) => !code.includes(`'${phrase}'`) && !made.some((start) => phrase.startsWith(start)),
    );
    assert.deepEqual(unsaid, []);
  });
});

describe('texts', () => {
  it('use the plural forms of the language', () => {
    setLanguage('en', []);
    assert.deepEqual(
      [1, 2, 1234].map((count) => plain(t('room.members', { count }))),
      ['1 member', '2 members', '1,234 members'],
    );
    setLanguage('zh', []);
    assert.equal(t('room.members', { count: 1 }), '1 位成员');
    setLanguage('en', []);
  });

  it('keep a name from reordering the words around it', () => {
    assert.equal(t('typing.one', { name: '\u202eevil' }), '\u2068\u202eevil\u2069 is typing');
    assert.equal(t('typing.one', { name: 'عمر' }), '\u2068عمر\u2069 is typing');
    assert.equal(t('typing.one', { name: 'Ada' }), 'Ada is typing');
  });

  it("are in the chosen language, else the browser's, else English", () => {
    assert.equal(chooseLanguage('zh', ['en-GB']), 'zh');
    assert.equal(chooseLanguage('', ['fr', 'zh-Hans-CN', 'en']), 'zh');
    assert.equal(chooseLanguage('', ['fr']), 'en');
  });
});

describe('times', () => {
  const now = new Date(2026, 5, 15, 12).getTime();
  const before = (/** @type {number} */ days) => new Date(2026, 5, 15 - days, 12).getTime();

  it('have a short form', () => {
    setLanguage('en', ['en-GB']);
    assert.deepEqual(
      [0, 1, 3, 30, 400].map((days) => plain(formatShortTime(before(days), now))),
      ['12:00', 'Yesterday', 'Fri', '16 May', '11/05/2025'],
    );
    assert.deepEqual(
      [0, 1, 3, 30].map((days) => plain(formatDay(before(days), now))),
      ['Today', 'Yesterday', 'Friday', '16 May'],
    );
  });

  it('change the day at local midnight', () => {
    const midnight = new Date(2026, 5, 15).getTime();
    assert.equal(dayNumber(midnight) - dayNumber(midnight - 1), 1);
    assert.equal(dayNumber(midnight), dayNumber(midnight + 86_399_999));
  });
});

describe('addresses', () => {
  it('name a conversation and a message, and everything else is rejected', () => {
    assert.deepEqual(parseHash(hashFor('01a2-b', 7)), { conversation: '01a2-b', seq: 7 });
    assert.deepEqual(parseHash('#/c/01a2-b'), { conversation: '01a2-b', seq: null });
    for (const hash of [
      '',
      '#/',
      '#/c/',
      '#/c/../x',
      '#/c/a/b',
      '#/c/a/1/2',
      '#javascript:alert(1)',
    ]) {
      assert.deepEqual(parseHash(hash), { conversation: null, seq: null }, hash);
    }
  });
});

describe('an unfinished mention', () => {
  it('begins after an at sign at the start of a word', () => {
    assert.deepEqual(typedMention('hi @bo', 6), { query: 'bo', start: 3 });
    assert.deepEqual(typedMention('@', 1), { query: '', start: 0 });
    assert.equal(typedMention('a@bo', 4), null);
    assert.equal(typedMention('@bob ', 5), null);
  });
});

describe('the name of a device', () => {
  it('consists of its browser and its system', () => {
    assert.equal(
      deviceName(
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      ),
      'Chrome, Linux',
    );
    assert.equal(
      deviceName(
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
      ),
      'Safari, iPhone',
    );
    assert.equal(deviceName('curl/8'), 'Browser');
  });
});
