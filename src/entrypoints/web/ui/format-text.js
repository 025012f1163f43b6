/**
 * Sets and removes marks in a text that is being written. Pure functions; indices count UTF-16
 * units.
 */

import { NAMED_ADDRESS } from '../client/markup/links.js';
import { fenceAround, isOfLines, linesHave, toggleFence, toggleLines } from './format-lines.js';
import { removal, toggleEmpty, toggleMark, wordsOf } from './format-marks.js';

/** @import {Edit, Part} from './format-lines.js' */
/** @typedef {'bold' | 'italic' | 'strike' | 'code' | 'quote' | 'list' | 'link'} Format */

const MARKS = { bold: '**', italic: '*', strike: '~~', code: '`' };
const LINE_STARTS = { quote: '> ', list: '- ' };
const LINK_END = /^\]\([^\s()]*\)/;
const NEW_ADDRESS = 'https://';
const ADDRESS = new RegExp(`^(?:${NAMED_ADDRESS})$`, 'iu');

/**
 * Whether all of the selected text has a format.
 * @param {Format} format
 * @param {string} text
 * @param {Part} selected
 */
export function hasFormat(format, text, selected) {
  if (format === 'link')
    return LINK_END.test(text.slice(selected.end)) && text[selected.start - 1] === '[';
  if (format === 'quote' || format === 'list')
    return linesHave(LINE_STARTS[format], text, selected);
  if (format === 'code' && isOfLines(text, selected)) return fenceAround(text, selected) !== null;
  const parts = wordsOf(text, selected);
  return parts.length > 0 && parts.every((part) => removal(MARKS[format], text, part) !== null);
}

/**
 * Give the selected text a format, or take it away if all of it has it.
 * @param {Format} format
 * @param {string} text
 * @param {Part} selected
 * @returns {Edit | null} null if that is impossible
 */
export function toggleFormat(format, text, selected) {
  if (format === 'link') return toggleLink(text, selected);
  if (format === 'quote' || format === 'list')
    return toggleLines(LINE_STARTS[format], text, selected);
  if (format === 'code' && isOfLines(text, selected)) return toggleFence(text, selected);
  const parts = wordsOf(text, selected);
  if (parts.length) return toggleMark(MARKS[format], text, parts);
  const { start, end } = selected;
  return start === end ? toggleEmpty(MARKS[format], text, start) : null;
}

/**
 * Paste an address: onto selected words, or as the address of a new link.
 * @param {string} text
 * @param {Part} selected
 * @param {string} pasted
 * @returns {Edit | null} null if it is pasted like any other text
 */
export function pasteAddress(text, { start, end }, pasted) {
  if (!ADDRESS.test(pasted)) return null;
  const words = text.slice(start, end);
  const isNewLink = !words && text.slice(0, start).endsWith(`](${NEW_ADDRESS}`);
  if (isNewLink) return replace(start - NEW_ADDRESS.length, end, pasted);
  return canBeLabel(words) && !ADDRESS.test(words)
    ? replace(start, end, `[${words}](${pasted})`)
    : null;
}

/** @param {number} from @param {number} to @param {string} insert @returns {Edit} */
const replace = (from, to, insert) => ({
  from,
  to,
  insert,
  start: from + insert.length,
  end: from + insert.length,
});

/** @param {string} words */
const canBeLabel = (words) => /\S/.test(words) && !/[[\]\n]/.test(words);

/** @param {string} text @param {Part} selected @returns {Edit | null} */
function toggleLink(text, { start, end }) {
  const words = text.slice(start, end);
  const ending = LINK_END.exec(text.slice(end))?.[0];
  if (ending && text[start - 1] === '[')
    return {
      from: start - 1,
      to: end + ending.length,
      insert: words,
      start: start - 1,
      end: end - 1,
    };
  if (ADDRESS.test(words))
    return { from: start, to: end, insert: `[](${words})`, start: start + 1, end: start + 1 };
  if (words && !canBeLabel(words)) return null;
  const cursor = start + words.length + (words ? `[](${NEW_ADDRESS}`.length : 1);
  return {
    from: start,
    to: end,
    insert: `[${words}](${NEW_ADDRESS})`,
    start: cursor,
    end: cursor,
  };
}
