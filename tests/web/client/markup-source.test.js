import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { selectedSource } from '../../../src/entrypoints/web/client/markup/source.js';

/**
 * What is copied if *selected* is selected in a message.
 * @param {string} text
 * @param {string} shown the words of the message as they are in the document
 * @param {string} selected
 */
const copied = (text, shown, selected, isAlone = true) =>
  selectedSource(
    text,
    shown,
    shown.indexOf(selected),
    shown.indexOf(selected) + selected.length,
    isAlone,
  );

describe('the source of a selection', () => {
  /** Message, what is shown of it, what is selected, what is copied. @type {[string, string, string, string][]} */
  const cases = [
    ['a **bold word** b', 'a bold word b', 'word b', '**word** b'],
    ['a **bold word** b', 'a bold word b', 'bold', '**bold**'],
    ['a **bold word** b', 'a bold word b', ' word b', ' **word** b'],
    ['***x y*** z', 'x y z', 'y z', '***y*** z'],
    ['_x_ ~~y~~ ||z||', 'x y z', 'x y z', '_x_ ~~y~~ ||z||'],
    ['[the page](https://a.b/?c) d', 'the page d', 'page d', '[page](https://a.b/?c) d'],
    ['\\*x\\* y', '*x* y', '*x', '\\*x'],
    ['see https://a.b @ada x', 'see https://a.b @ada x', 'a.b @ad', 'a.b @ad'],
    ['x `a b` y', 'x a b y', 'b y', '`b` y'],
    ['x ``a`b`` y', 'x a`b y', 'a`b y', '`` a`b `` y'],
    ['x `npm ci` y', 'x npm ci y', 'npm ci', 'npm ci'],
    ['```js\nlet a\nlet b\n```', 'let a\nlet b', 'let a\nlet b', 'let a\nlet b'],
    ['x\n```js\nlet a\nlet b\n```', 'xlet a\nlet b', 'xlet a', 'x\n```js\nlet a\n```'],
    ['x\n````\n```\n````', 'x```', 'x```', 'x\n````\n```\n````'],
    ['> a **b**\n> c\n\nd', 'a b\ncd', 'b\nc', '> **b**\n> c'],
    ['x\n- a\n- b\n  - c', 'xabc', 'bc', '- b\n  - c'],
    ['1. one\n2. two', 'onetwo', 'two', '2. two'],
  ];
  for (const [text, shown, selected, expected] of cases)
    it(`${JSON.stringify(selected)} of ${JSON.stringify(text)}`, () => {
      assert.equal(copied(text, shown, selected), expected);
    });

  it('keeps the fences of code between other messages', () => {
    assert.equal(copied('```\na\n```', 'a', 'a', false), '```\na\n```');
  });

  it('is unknown if the document shows something else', () => {
    assert.equal(copied('**a**', 'b', 'b'), null);
  });
});
