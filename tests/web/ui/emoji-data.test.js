import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { parseEmoji, searchEmoji, withTone } from '../../../src/entrypoints/web/ui/emoji-data.js';

/** @import {SkinTone} from '../../../src/entrypoints/web/ui/emoji-usage.js' */

const table = await readFile(
  new URL('../../../src/entrypoints/web/ui/emoji-data.txt', import.meta.url),
  'utf8',
);
const groups = parseEmoji(table);
const entries = groups.flatMap((group) => group.entries);

/** @param {string} query */
const found = (query) => searchEmoji(entries, query).map(({ emoji }) => emoji);

describe('the table of emoji', () => {
  it('has every group, and every emoji once', () => {
    assert.deepEqual(
      groups.map(({ group }) => group),
      [
        'smileys',
        'people',
        'nature',
        'food',
        'travel',
        'activities',
        'objects',
        'symbols',
        'flags',
      ],
    );
    assert.equal(new Set(entries.map(({ emoji }) => emoji)).size, entries.length);
    assert.ok(entries.length > 1900);
  });

  it('has a name in both languages for each, and a code that is typed', () => {
    for (const { emoji, names, code } of entries) {
      assert.ok(names.en && names.zh, emoji);
      assert.match(code, /^[\p{L}\p{N}_+-]+$/u, emoji);
    }
  });

  it('says which emoji are too young for many fonts', () => {
    const version = (/** @type {string} */ emoji) =>
      entries.find((entry) => entry.emoji === emoji)?.version;
    assert.deepEqual(['👍', '🫠', '🙂‍↔️', '🫩'].map(version), [0, 14, 15.1, 16]);
  });
});

describe('the search for emoji', () => {
  it('finds words of names and keywords from their beginning, in any order', () => {
    assert.deepEqual(found('wom sci'), ['👩‍🔬']);
    assert.deepEqual(found('sci wom'), ['👩‍🔬']);
    assert.ok(found('birthday').includes('🎂'));
    assert.deepEqual(found('cientist'), []);
  });

  it('finds Chinese names and keywords, wherever the text stands in them', () => {
    assert.equal(found('爱')[0], '❤️‍🔥');
    assert.ok(found('生日').includes('🎂'));
    assert.ok(found('蛋糕').includes('🎂'));
  });

  it('finds flags by the names and the codes of regions', () => {
    assert.equal(found('madagascar')[0], '🇲🇬');
    assert.equal(found('马达加斯加')[0], '🇲🇬');
    assert.equal(found('mg')[0], '🇲🇬');
    assert.equal(found('england')[0], '🏴󠁧󠁢󠁥󠁮󠁧󠁿');
    assert.ok(found('flag').length > 250);
  });

  it('shows first what is called or typed like that', () => {
    assert.equal(found('heart')[0], '❤️');
    assert.equal(found(':heart_eyes')[0], '😍');
    assert.equal(found(':tada:')[0], '🎉');
    assert.equal(found('+1')[0], '👍');
    assert.equal(found('thu')[0], '👍');
    assert.equal(found('cat')[0], '🐱');
    assert.equal(found('红心')[0], '❤️');
  });

  it('ignores case and width', () => {
    assert.deepEqual(found('PIZZA'), found('pizza'));
    assert.deepEqual(found('ｐｉｚｚａ'), found('pizza'));
  });

  it('finds an emoji that is pasted, whatever its style and skin tone are', () => {
    assert.deepEqual(found('❤'), ['❤️']);
    assert.deepEqual(found('👍🏿'), ['👍']);
    assert.deepEqual(found('👩🏻‍🔬'), ['👩‍🔬']);
  });

  it('finds nothing for nothing', () => {
    for (const query of ['', '  ', ':', '!?', 'xyzzy']) assert.deepEqual(found(query), []);
  });
});

describe('a skin tone', () => {
  it('stands behind the person or the hand', () => {
    assert.equal(withTone('👍', 0), '👍');
    assert.equal(withTone('👍', 1), '👍🏻');
    assert.equal(withTone('☝️', 5), '☝🏿');
    assert.equal(withTone('🕵️‍♂️', 3), '🕵🏽‍♂️');
    assert.equal(withTone('👩‍🚀', 4), '👩🏾‍🚀');
    assert.equal(withTone('👫', 2), '👫🏼');
  });

  it('stands behind both people of a couple', () => {
    assert.equal(withTone('👩‍❤️‍💋‍👨', 3), '👩🏽‍❤️‍💋‍👨🏽');
    assert.equal(withTone('🧑‍🤝‍🧑', 1), '🧑🏻‍🤝‍🧑🏻');
  });

  it('makes an emoji that Unicode recommends of each that has tones', () => {
    const recommended = /^\p{RGI_Emoji}$/v;
    const known = entries.filter(({ version, hasTones }) => hasTones && version < 15);
    assert.ok(known.length > 300);
    for (const { emoji } of known)
      for (const tone of /** @type {SkinTone[]} */ ([1, 2, 3, 4, 5]))
        assert.match(withTone(emoji, tone), recommended);
  });
});
