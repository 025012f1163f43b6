/**
 * Sets marks around words of a text, and takes them away again. Pure functions; indices count UTF-16
 * units.
 */

import { isSpacedLetter } from '../client/markup/inline.js';
import { linesOf } from './format-lines.js';

/** @import {Edit, Part} from './format-lines.js' */

/** What may stand before the words of a line. */
const BEFORE_WORDS = /^ *(?:(?:>|-|\d{1,3}\.) +)*/;

/**
 * The selected words of each line: marks stand directly at words, and never reach over a paragraph.
 * @param {string} text
 * @param {Part} selected
 * @returns {Part[]}
 */
export function wordsOf(text, selected) {
  return linesOf(text, selected).flatMap(({ start, end }) => {
    const line = text.slice(start, end);
    const words = start + (BEFORE_WORDS.exec(line)?.[0].length ?? 0);
    const from = Math.max(words, selected.start);
    const part = text.slice(from, Math.min(end, selected.end));
    if (!part.trim()) return [];
    const first = from + part.length - part.trimStart().length;
    return [{ start: first, end: first + part.trim().length }];
  });
}

/**
 * How to take a mark away from words: it stands before and after them, or is selected with them.
 * @param {string} mark
 * @param {string} text
 * @param {Part} part
 * @returns {{start: number, end: number, words: string} | null} what is replaced by the words
 */
export function removal(mark, text, { start, end }) {
  for (const sign of mark === '*' ? ['*', '_'] : [mark[0]]) {
    const outer = Math.min(countBefore(text, start, sign), countAfter(text, end, sign));
    const outside = removable(mark, sign, outer);
    if (outside)
      return { start: start - outside, end: end + outside, words: text.slice(start, end) };
    const inner = Math.min(countAfter(text, start, sign), countBefore(text, end, sign));
    const inside = end - start > 2 * inner ? removable(mark, sign, inner) : 0;
    if (inside) return { start, end, words: text.slice(start + inside, end - inside) };
  }
  return null;
}

/**
 * How many of a number of equal signs are this mark. Three stars are one and two.
 * @param {string} mark
 * @param {string} sign
 * @param {number} count
 */
function removable(mark, sign, count) {
  if (sign === '*') return count === 3 || count === mark.length ? mark.length : 0;
  if (sign === '`') return count <= 2 ? count : 0;
  return count === (sign === '_' ? 1 : 2) ? count : 0;
}

/** @param {string} text @param {number} at @param {string} sign */
function countBefore(text, at, sign) {
  let count = 0;
  while (text[at - 1 - count] === sign) count += 1;
  return count;
}

/** @param {string} text @param {number} at @param {string} sign */
function countAfter(text, at, sign) {
  let count = 0;
  while (text[at + count] === sign) count += 1;
  return count;
}

/**
 * @param {string} mark
 * @param {string} text
 * @param {Part[]} parts
 * @returns {Edit}
 */
export function toggleMark(mark, text, parts) {
  const removals = parts.map((part) => removal(mark, text, part));
  const isOn = removals.every(Boolean);
  const changes = parts.map((part, index) => {
    const found = removals[index];
    if (found)
      return {
        ...(isOn ? found : { ...part, words: text.slice(part.start, part.end) }),
        mark: '',
      };
    return addition(mark, text, part);
  });
  const [{ start: from, mark: first }] = changes;
  let insert = '';
  let at = from;
  for (const { start, end, words, mark: added } of changes) {
    insert += text.slice(at, start) + added + words + added;
    at = end;
  }
  // Of several lines the marks are selected, too: else those of the first and the last one are apart.
  const outside = changes.length === 1 ? first.length : 0;
  return { from, to: at, insert, start: from + outside, end: from + insert.length - outside };
}

/**
 * Put a mark around words. Around code that contains a backtick stand two.
 * @param {string} mark
 * @param {string} text
 * @param {Part} part
 */
function addition(mark, text, part) {
  const { start, end } = mark === '`' ? part : wholeWords(text, part);
  const words = text.slice(start, end);
  return { start, end, words, mark: mark === '`' && words.includes('`') ? '``' : mark };
}

/**
 * The words that a part of a text touches, without punctuation that directly touches others: inside
 * of words marks have no effect.
 * @param {string} text
 * @param {Part} part
 * @returns {Part}
 */
function wholeWords(text, { start, end }) {
  const isLetter = (/** @type {number} */ at) => isSpacedLetter(text[at] ?? '');
  const isSpace = (/** @type {number} */ at) => /\s/.test(text[at] ?? '');
  let [first, last] = [start, end];
  if (isLetter(first - 1) && !isLetter(first)) first += 1;
  if (isLetter(last) && !isLetter(last - 1)) last -= 1;
  while (first < last && isSpace(first)) first += 1;
  while (first < last && isSpace(last - 1)) last -= 1;
  while (isLetter(first - 1) && isLetter(first)) first -= 1;
  while (isLetter(last - 1) && isLetter(last)) last += 1;
  return first < last ? { start: first, end: last } : { start, end };
}

/**
 * Without a selection: a pair of marks with the cursor in it, or away with such a pair.
 * @param {string} mark
 * @param {string} text
 * @param {number} at
 * @returns {Edit}
 */
export function toggleEmpty(mark, text, at) {
  const size = mark.length;
  if (text.slice(at - size, at) === mark && text.slice(at, at + size) === mark)
    return { from: at - size, to: at + size, insert: '', start: at - size, end: at - size };
  return { from: at, to: at, insert: mark + mark, start: at + size, end: at + size };
}
