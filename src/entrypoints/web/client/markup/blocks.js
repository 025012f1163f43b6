/**
 * Parses a message into paragraphs, blocks of code, quotes and lists. Pure functions, in linear
 * time for any text.
 */

import { parseInline } from './inline.js';

/** @import {Inline} from './inline.js' */
/**
 * A block of a message. `number` is what was written before an item of a numbered list.
 * @typedef {{kind: 'text', nodes: Inline[]} | {kind: 'fence', text: string, language?: string} |
 *   {kind: 'quote', blocks: Block[]} | {kind: 'list', items: ListItem[]}} Block
 */
/** @typedef {{number: number | null, blocks: Block[]}} ListItem */

/** Quotes and lists inside of each other; what is deeper stays text. */
const MAX_DEPTH = 4;
const FENCE = /`{3,}/g;
/** The name of a language after the opening fence, if the closing one has a line of its own. */
const LANGUAGE = /^([\w+#.-]+)[ \t]*\n(?=[\s\S]*\n$|$)/;
/** A quote needs a space: without one, faces and arrows begin like this. */
const QUOTE_START = /^ {0,3}> +\S/;
const QUOTE_LINE = /^ {0,3}>(?: |$)/;
const LIST_ITEM = /^( {0,3})(?:-|(\d{1,3})\.)( +)(?=\S)/;

/**
 * @param {string} text
 * @returns {Block[]}
 */
export const parseBlocks = (text) => parse(text, 0);

/**
 * @param {string} text
 * @param {number} depth number of quotes and lists around it
 * @returns {Block[]}
 */
function parse(text, depth) {
  /** @type {Block[]} */
  const blocks = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const found = findBlock(text, at, depth);
    if (found) {
      addParagraph(blocks, text.slice(start, found.start), true);
      blocks.push(found.block);
      start = found.end;
    }
    at = found?.end ?? endOfLine(text, at) + 1;
  }
  addParagraph(blocks, text.slice(start), false);
  return blocks;
}

/**
 * Add a paragraph without the line breaks next to other blocks.
 * @param {Block[]} blocks
 * @param {string} text
 * @param {boolean} isBefore whether another block follows
 */
function addParagraph(blocks, text, isBefore) {
  if (!text.trim()) return;
  const start = blocks.length ? text.replace(/^(?:[ \t]*\n)+/, '') : text;
  blocks.push({ kind: 'text', nodes: parseInline(isBefore ? start.trimEnd() : start) });
}

/** The end of a line, without its line break. @param {string} text @param {number} at */
function endOfLine(text, at) {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** A block and where it stands. @typedef {{start: number, end: number, block: Block}} Found */

/**
 * The block, other than a paragraph, that begins in a line.
 * @param {string} text
 * @param {number} at where the line begins, or what is left of it after a block of code
 * @param {number} depth
 * @returns {Found | null}
 */
function findBlock(text, at, depth) {
  const line = text.slice(at, endOfLine(text, at));
  if (depth < MAX_DEPTH) {
    if (QUOTE_START.test(line)) return takeQuote(text, at, depth);
    if (LIST_ITEM.test(line)) return takeList(text, at, depth);
  }
  return findFence(text, at, line);
}

/**
 * A block of code: from a run of three or more backticks to the next run that is at least as long.
 * @param {string} text
 * @param {number} at
 * @param {string} line the line in which it begins
 * @returns {Found | null}
 */
function findFence(text, at, line) {
  for (const { 0: run, index } of line.matchAll(FENCE)) {
    const content = at + index + run.length;
    const close = text.indexOf(run, content);
    if (close < 0) continue;
    let end = close + run.length;
    while (text[end] === '`') end += 1;
    return { start: at + index, end, block: toFence(text.slice(content, close)) };
  }
  return null;
}

/** @param {string} content between the fences @returns {Block} */
function toFence(content) {
  const language = LANGUAGE.exec(content)?.[1];
  const code = language ? content.slice(content.indexOf('\n') + 1) : content;
  const text = code.replace(/^[ \t]*\n/, '').replace(/\n$/, '');
  return language ? { kind: 'fence', text, language } : { kind: 'fence', text };
}

/** @param {string} text @param {number} start @param {number} depth @returns {Found} */
function takeQuote(text, start, depth) {
  const lines = [];
  let end = start;
  while (end < text.length) {
    const line = text.slice(end, endOfLine(text, end));
    if (!QUOTE_LINE.test(line)) break;
    lines.push(line.replace(/^ *> ?/, ''));
    end += line.length + 1;
  }
  return { start, end, block: { kind: 'quote', blocks: parse(lines.join('\n'), depth + 1) } };
}

/** @param {string} text @param {number} start @param {number} depth @returns {Found} */
function takeList(text, start, depth) {
  /** @type {{number: number | null, lines: string[], width: number}[]} */
  const items = [];
  let end = start;
  while (end < text.length) {
    const line = text.slice(end, endOfLine(text, end));
    const match = LIST_ITEM.exec(line);
    const last = items.at(-1);
    if (match && isNextItem(match, items[0])) {
      const number = match[2] ? Number(match[2]) : null;
      items.push({ number, width: match[0].length, lines: [line.slice(match[0].length)] });
    } else if (last && /^(?: {2}|\t)[ \t]*\S/.test(line))
      last.lines.push(outdent(line, last.width));
    else break;
    end += line.length + 1;
  }
  const parsed = items.map(({ number, lines }) => ({
    number,
    blocks: parse(lines.join('\n'), depth + 1),
  }));
  return { start, end, block: { kind: 'list', items: parsed } };
}

/**
 * Whether an item belongs to the list itself, and not to a list inside of its last item.
 * @param {RegExpExecArray} match of `LIST_ITEM`
 * @param {{number: number | null}} [first] the first item of the list
 */
const isNextItem = ([, indent, number], first) =>
  !first || (indent.length < 2 && (number === undefined) === (first.number === null));

/** @param {string} line @param {number} width */
const outdent = (line, width) =>
  line.startsWith('\t') ? line.slice(1) : line.slice(Math.min(width, line.search(/[^ ]/)));
