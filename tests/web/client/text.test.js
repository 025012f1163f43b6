import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { excerpt } from '../../../src/entrypoints/web/client/store/heads.js';
import {
  cutText,
  foldCase,
  graphemes,
  isEmojiOnly,
  splitText,
} from '../../../src/entrypoints/web/client/text.js';
import { initials } from '../../../src/entrypoints/web/ui/widgets.js';

const FLAG = '\u{1f1e9}\u{1f1ea}';
const FAMILY = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
const ACCENT = 'e\u0301';

/** The excerpts of the service. @type {{name: string, text: Piece[], excerpt: Piece[]}[]} */
const EXCERPTS = JSON.parse(
  await readFile(new URL('../../cases/excerpts.json', import.meta.url), 'utf8'),
);
/** What a search takes for the same, as in the service. @type {Record<string, [string, string][]>} */
const SEARCHES = JSON.parse(
  await readFile(new URL('../../cases/folding.json', import.meta.url), 'utf8'),
);
/** @typedef {[string, number]} Piece a text and how many times it stands there */
/** @param {Piece[]} pieces */
const join = (pieces) => pieces.map(([piece, times]) => piece.repeat(times)).join('');

describe('search in lists', () => {
  for (const [typed, name] of SEARCHES.same)
    it(`finds ${JSON.stringify(name)} by ${JSON.stringify(typed)} in every language`, () => {
      assert.equal(foldCase(name), foldCase(typed));
    });
  for (const [typed, name] of SEARCHES.different)
    it(`distinguishes ${JSON.stringify(name)} from ${JSON.stringify(typed)}`, () => {
      assert.notEqual(foldCase(name), foldCase(typed));
    });
});

describe('cutting a text', () => {
  it('never cuts a flag, a family or an accent apart', () => {
    for (const character of [FLAG, FAMILY, ACCENT]) {
      assert.deepEqual(graphemes(`${character}a`), [character, 'a']);
      assert.equal(cutText(`ab${character}c`, 3), 'ab');
      assert.equal(excerpt('text', { text: 'x'.repeat(139) + character }), 'x'.repeat(139));
      assert.equal(
        excerpt('text', { text: 'x'.repeat(130) + character }),
        'x'.repeat(130) + character,
      );
    }
  });

  for (const { name, text, excerpt: expected } of EXCERPTS)
    it(`makes the excerpts of the service: ${name}`, () => {
      assert.equal(excerpt('text', { text: join(text) }), join(expected));
    });

  it('takes whole characters as initials', () => {
    assert.equal(initials(FLAG), FLAG);
    assert.equal(initials(`${ACCENT}mile Zola`), `E\u0301Z`);
  });

  it('works in browsers without a segmenter', () => {
    const segmenter = Object.getOwnPropertyDescriptor(Intl, 'Segmenter');
    Object.defineProperty(Intl, 'Segmenter', { value: undefined, configurable: true });
    try {
      assert.equal(cutText('abcd', 3), 'abc');
    } finally {
      Object.defineProperty(Intl, 'Segmenter', /** @type {PropertyDescriptor} */ (segmenter));
    }
  });
});

describe('a text that is too long for one message', () => {
  /** @param {string} text @param {number} limit */
  const lengths = (text, limit) => splitText(text, limit).map((part) => [...part].length);

  it('is cut between paragraphs, lines, sentences or words', () => {
    assert.deepEqual(splitText('one two\n\nthree four', 12), ['one two', 'three four']);
    assert.deepEqual(splitText('one two\nthree four', 12), ['one two', 'three four']);
    assert.deepEqual(splitText('One two. Three four', 12), ['One two.', 'Three four']);
    assert.deepEqual(splitText('一二三。四五六七', 5), ['一二三。', '四五六七']);
    assert.deepEqual(splitText('one two three', 8), ['one two', 'three']);
  });

  it('is cut between graphemes where it has no gaps', () => {
    assert.deepEqual(splitText(FLAG.repeat(3), 5), [FLAG.repeat(2), FLAG]);
    assert.deepEqual(lengths('x'.repeat(25), 10), [10, 10, 5]);
    assert.deepEqual(lengths(`e${'\u0301'.repeat(25)}`, 10), [10, 10, 6]);
  });

  it('keeps its blocks of code closed', () => {
    const code = '```python\none()\ntwo()\nthree()\nfour()\n```';
    const parts = splitText(code, 32);
    assert.deepEqual(parts, ['```python\none()\ntwo()\n```', '```python\nthree()\nfour()\n```']);
  });

  it('loses nothing, and no part is empty or too long', () => {
    const text = Array.from({ length: 400 }, (_, n) => `${n} ${'word '.repeat(n % 7)}\n`).join('');
    const parts = splitText(text, 100);
    assert.deepEqual(parts.join(' ').split(/\s+/), text.trim().split(/\s+/));
    assert.ok(parts.every((part) => part && [...part].length <= 100));
  });
});

describe('emoji', () => {
  it('are recognised if a message contains nothing else', () => {
    for (const text of ['👍', '👩‍👩‍👧 ❤️', '🏳️‍🌈🇨🇳']) assert.ok(isEmojiOnly(text), text);
    for (const text of ['1', '#', 'a👍', '👍👍👍👍👍👍👍', ''])
      assert.ok(!isEmojiOnly(text), text);
  });
});
