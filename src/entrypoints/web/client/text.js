/** Text as people compare and count it: case folding, and characters as they are seen. */

/**
 * Fold a text for comparison: compatibility forms (NFKC) and case, independent of the language.
 * JavaScript has no case folding (Unicode 3.13, D144); lower case of upper case gives the same for
 * a search ("ß" and "SS", "ς" and "Σ"), and finds the dotless "ı" under "i" as well.
 * @param {string} text
 * @returns {string}
 */
export const foldCase = (text) =>
  text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');

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
