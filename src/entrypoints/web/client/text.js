/** Text as people compare and count it: case folding, and characters as they are seen. */

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
