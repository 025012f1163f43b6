import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { placeAfter } from '../../../src/entrypoints/web/ui/emoji-navigation.js';

/** Rows: 0–2, 3–4 | 0 | 0–2, 3–5, 6. */
const GRID = { lengths: [5, 1, 7], columns: 3, pageRows: 2 };

/** @param {string} key @param {[number, number]} from */
function after(key, [section, index]) {
  const [name, control] = key.split('+').reverse();
  const to = placeAfter({ key: name, ctrlKey: Boolean(control) }, { section, index }, GRID);
  return to && typeof to === 'object' ? [to.section, to.index] : to;
}

describe('the keys of the emoji grid', () => {
  for (const [key, from, to] of /** @type {[string, [number, number], unknown][]} */ ([
    ['ArrowRight', [0, 0], [0, 1]],
    ['ArrowRight', [0, 4], [1, 0]],
    ['ArrowRight', [2, 6], [2, 6]],
    ['ArrowLeft', [2, 1], [2, 0]],
    ['ArrowLeft', [1, 0], [0, 4]],
    ['ArrowLeft', [0, 0], [0, 0]],
    ['ArrowDown', [0, 1], [0, 4]],
    ['ArrowDown', [0, 2], [0, 4]],
    ['ArrowDown', [0, 4], [1, 0]],
    ['ArrowDown', [1, 0], [2, 0]],
    ['ArrowDown', [2, 6], [2, 6]],
    ['ArrowUp', [2, 4], [2, 1]],
    ['ArrowUp', [2, 2], [1, 0]],
    ['ArrowUp', [1, 0], [0, 3]],
    ['ArrowUp', [0, 1], 'above'],
    ['PageDown', [0, 1], [1, 0]],
    ['PageDown', [2, 4], [2, 6]],
    ['PageUp', [2, 5], [1, 0]],
    ['PageUp', [0, 4], [0, 1]],
    ['Home', [2, 5], [2, 3]],
    ['End', [2, 3], [2, 5]],
    ['End', [0, 3], [0, 4]],
    ['Control+Home', [2, 3], [0, 0]],
    ['Control+End', [0, 3], [2, 6]],
    ['Enter', [0, 0], null],
    ['a', [0, 0], null],
  ]))
    it(`${key} leads from ${from.join(':')} to ${to}`, () => {
      assert.deepEqual(after(key, from), to);
    });
});
