/** Text as people compare and count it: case folding, and characters as they are seen. */

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s?){1,6}$/v;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * JavaScript has no case folding (Unicode 3.13, D144); lower case of upper case gives the same for a
 * comparison ("ß" and "SS", "ς" and "Σ").
 * @param {string} text
 */
const foldOnce = (text) =>
  text.normalize('NFKD').toUpperCase().toLowerCase().replaceAll('ς', 'σ').replace(INVISIBLE, '');

/**
 * Fold a text for comparison as the service does: `NFKC_Casefold` of Unicode, independent of the
 * language, and one letter for the dotted and the dotless i.
 * @param {string} text
 * @returns {string}
 */
export const foldCase = (text) =>
  foldOnce(foldOnce(text)).replaceAll('i\u0307', 'i').normalize('NFKC');

/**
 * Split a text into characters as they are seen (grapheme clusters, UAX #29): a flag, a family or a
 * letter with its accents is one. Browsers without `Intl.Segmenter` split by code point.
 * @param {string} text
 * @returns {string[]}
 */
export function graphemes(text) {
  if (!Intl.Segmenter) return [...text];
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * The beginning of a text, at most *limit* code points, which ends between two graphemes. A first
 * grapheme that is longer than *limit* is cut all the same.
 * @param {string} text
 * @param {number} limit
 * @returns {string}
 */
export function cutText(text, limit) {
  const characters = [...text];
  if (characters.length <= limit) return text;
  let length = 0;
  let cut = '';
  for (const grapheme of graphemes(text)) {
    length += [...grapheme].length;
    if (length > limit) break;
    cut += grapheme;
  }
  return cut || characters.slice(0, limit).join('');
}

/** Whether a text consists of a few emoji, which are shown larger. @param {string} text */
export const isEmojiOnly = (text) => text.length < 80 && EMOJI_ONLY.test(text.trim());

/** A line that begins or ends a block of code. */
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** Where a text is cut, best first: after a paragraph, a line, a sentence, a word. */
const BREAKS = [/\n\s*\n/g, /\n/g, /[.!?…。！？]["'”’)）]?\s*/g, /\s+/g];

/**
 * Split a text into parts of at most *limit* code points: between paragraphs, lines, sentences or
 * words where that leaves a part at least half full, and never inside of a grapheme. A block of code
 * that is cut is closed, and opened again in the next part.
 * @param {string} text
 * @param {number} limit
 * @returns {string[]} not empty, each without white space around it
 */
export function splitText(text, limit) {
  const parts = [];
  let rest = text.trim();
  while ([...rest].length > limit) {
    let part = beginning(rest, limit);
    let fence = openFence(part);
    if (fence) {
      part = beginning(rest, limit - fence.end.length);
      fence = openFence(part);
    }
    rest = rest.slice(part.length).replace(fence ? /^\n/ : /^\s+/, '');
    if (fence) rest = `${fence.start}\n${rest}`;
    parts.push(`${part.trimEnd()}${fence ? fence.end : ''}`);
  }
  return [...parts, rest];
}

/** @param {string} text @param {number} limit */
function beginning(text, limit) {
  const longest = cutText(text, limit);
  for (const pattern of BREAKS) {
    const end = [...longest.matchAll(pattern)].at(-1);
    const length = end ? end.index + end[0].length : 0;
    if (length > longest.length / 2) return longest.slice(0, length);
  }
  // One grapheme may be longer than any limit.
  return longest || [...text].slice(0, limit).join('');
}

/**
 * The block of code that is not closed at the end of a text.
 * @param {string} text
 * @returns {{start: string, end: string} | null} its first line, and what closes it
 */
function openFence(text) {
  /** @type {{start: string, end: string} | null} */
  let open = null;
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (!mark) continue;
    if (!open) open = { start: line.slice(0, 40), end: `\n${mark}` };
    else if (open.end === `\n${mark}`) open = null;
  }
  return open;
}
