/**
 * Splits a text into what has a meaning of its own (code, links, mentions, escapes) and runs of
 * marks, whose meaning depends on what is around them. Pure functions, in linear time.
 */

import {
  isDeceptive,
  MAIL_ADDRESS,
  NAMED_ADDRESS,
  trimAddress,
  WEB_ADDRESS,
  webUrl,
  WWW_ADDRESS,
  wwwUrl,
} from './links.js';

/**
 * A piece of text. `source` is what was written, where it differs. `handles` are what an at sign
 * may mean, the longest first; whom it mentions stands in the message. The label of a link is
 * parsed by itself.
 * @typedef {{kind: 'plain', text: string, source?: string} | {kind: 'code', text: string} |
 *   {kind: 'link', text: string, href: string} |
 *   {kind: 'mention', text: string, handles: string[]}} Leaf
 */
/**
 * @typedef {Leaf | {kind: 'named-link', label: string, href: string, address: string} |
 *   {kind: 'run', text: string, before: string, after: string} |
 *   {kind: 'break', text: string}} Atom
 */

/** Scripts that are written without spaces, or with endings directly after a name. */
export const UNSPACED_SCRIPTS = [
  'Han',
  'Hiragana',
  'Katakana',
  'Bopomofo',
  'Hangul',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');
/** A letter or digit of a handle, unless a mark makes another character of it. */
const HANDLE_LETTER = String.raw`[a-z0-9](?![\p{Grapheme_Extend}\p{M}\u200d\p{Emoji_Modifier}])`;
const MENTION =
  String.raw`@(?:(?<=(?:[${UNSPACED_SCRIPTS}]\p{M}{0,8}|\u20e3)@)|(?<![\p{L}\p{N}@/=\\][\p{M}_]{0,8}@))` +
  `(?![a-z0-9._-]*[a-z0-9]@)(?<run>(?:${HANDLE_LETTER})(?:${HANDLE_LETTER}|[._-](?=${HANDLE_LETTER}))*)` +
  String.raw`(?!_*(?![0-9]\ufe0f?\u20e3|[${UNSPACED_SCRIPTS}])[\p{L}\p{M}\p{N}])`;
const NAMED_LINK = String.raw`\[(?<label>[^\[\]\n]{1,256})\]\((?<address>${NAMED_ADDRESS})\)`;
/** Faces of which a mark is a part. */
const EMOTICON = String.raw`(?<emoticon>¯\\_\(ツ\)_\/¯|_\(:[з3ε]」∠\)_)`;
/** A backslash before a mark, before the at sign of a mention, or before a link. */
const ESCAPE = String.raw`(?<!\\)(?<slashes>\\+)(?<escaped>[*_~|${'`'}]|@(?=[a-z0-9])|\[(?=[^\[\]\n]{1,256}\]\())`;
/** A backslash in what would begin a quote or an item of a list. */
const LINE_ESCAPE = String.raw`(?<=^ {0,8}|^ {0,8}\d{1,3})\\(?<lineMark>(?<!\d\\)[>-](?= )|(?<=\d\\)\.(?= ))`;
/** Code between two backticks may contain one. */
const CODE = String.raw`(?<!${'`'})${'``'}(?!${'`'})(?<wide>[^${'`'}\n]+(?:${'`'}[^${'`'}\n]+)*)${'``'}(?!${'`'})|${'`'}(?<code>[^${'`'}\n]+)${'`'}`;
const MARKS = String.raw`(?<marks>\*+|_+|~+|\|+)|(?<paragraph>\n[^\S\n]*(?=\n))`;
const ATOM = new RegExp(
  `${EMOTICON}|${ESCAPE}|${LINE_ESCAPE}|${CODE}|${NAMED_LINK}|(?<web>${WEB_ADDRESS})|` +
    `(?<www>${WWW_ADDRESS})|(?<mail>${MAIL_ADDRESS})|${MENTION}|${MARKS}`,
  'gimu',
);
const ASCII = /^[!-~]*$/;
/** Where a handle may end before the end of what follows the at sign: before a dot or a dash. */
const HANDLE_END = /[.-]/g;

/** @param {string} text @returns {Leaf} */
export const plain = (text) => ({ kind: 'plain', text });

/**
 * Split a text. The atoms, in order, are the text.
 * @param {string} text
 * @returns {Generator<Atom>}
 */
export function* atoms(text) {
  let end = 0;
  for (let match = next(text, end); match; match = next(text, end)) {
    if (match.index > end) yield plain(text.slice(end, match.index));
    end = match.index;
    // What is cut off from the end of a link may be something of its own.
    for (const [atom, length] of atomsOf(match)) {
      yield atom;
      end += length;
    }
  }
  if (end < text.length) yield plain(text.slice(end));
}

/** @param {string} text @param {number} from */
function next(text, from) {
  ATOM.lastIndex = from;
  return ATOM.exec(text);
}

/**
 * What a match of `ATOM` stands for, with the length of each.
 * @param {RegExpExecArray} match
 * @returns {[Atom, number][]}
 */
function atomsOf(match) {
  const [whole] = match;
  const { emoticon, slashes, escaped, lineMark, wide, code, address, marks, paragraph } =
    /** @type {Record<string, string | undefined>} */ (match.groups);
  /** @type {(atom: Atom) => [Atom, number][]} */
  const one = (atom) => [[atom, whole.length]];
  if (marks) return one(toRun(match));
  if (emoticon) return one(plain(whole));
  if (slashes && escaped) return escapes(slashes, escaped);
  if (lineMark) return one({ kind: 'plain', text: lineMark, source: whole });
  if (code) return one({ kind: 'code', text: code });
  if (wide) return one({ kind: 'code', text: wide.replace(/^ (.+) $/, '$1') });
  if (paragraph) return one({ kind: 'break', text: whole });
  if (address) return namedLink(match);
  const atom = linkOrMention(match);
  return [[atom, atom.text.length]];
}

/** @param {RegExpExecArray} match @returns {Atom} */
function toRun({ 0: text, index, input }) {
  const before = [...input.slice(Math.max(0, index - 2), index)].at(-1) ?? '';
  const after = String.fromCodePoint(input.codePointAt(index + text.length) ?? 0x20);
  return { kind: 'run', text, before, after };
}

/**
 * Two backslashes before a mark stand for one, and a single one takes the meaning of the mark.
 * @param {string} slashes
 * @param {string} escaped
 * @returns {[Atom, number][]}
 */
function escapes(slashes, escaped) {
  const pairs = Math.floor(slashes.length / 2);
  /** @type {[Atom, number][]} */
  const found = Array.from({ length: pairs }, () => [
    { kind: 'plain', text: '\\', source: '\\\\' },
    2,
  ]);
  if (slashes.length % 2)
    found.push([{ kind: 'plain', text: escaped, source: `\\${escaped}` }, escaped.length + 1]);
  return found;
}

/**
 * `[label](address)`, unless the label says another address.
 * @param {RegExpExecArray} match
 * @returns {[Atom, number][]}
 */
function namedLink({ 0: whole, groups }) {
  const { label, address } = /** @type {Record<string, string>} */ (groups);
  const href = /^mailto:/i.test(address)
    ? address.replace(/^mailto:/i, 'mailto:')
    : webUrl(address);
  if (!href || !/[\p{L}\p{N}\p{P}\p{S}]/u.test(label) || isDeceptive(label, href))
    return [[plain('['), 1]];
  return [[{ kind: 'named-link', label, href, address }, whole.length]];
}

/** @param {RegExpExecArray} match @returns {Leaf} */
function linkOrMention({ 0: whole, groups }) {
  const { web, www, mail, run = '' } = /** @type {Record<string, string | undefined>} */ (groups);
  if (mail) return { kind: 'link', text: mail, href: `mailto:${mail}` };
  // The pattern ignores case, by which the Kelvin sign is a "k".
  if (run && ASCII.test(run))
    return { kind: 'mention', text: whole, handles: possibleHandles(run) };
  if (run) return plain(whole);
  const text = trimAddress(web ?? www ?? '');
  const href = www === undefined ? webUrl(text) : wwwUrl(text);
  return href ? { kind: 'link', text, href } : plain(text || whole);
}

/**
 * What may be a handle at the beginning of what follows an at sign, the longest first:
 * `@kim.park.Hi` may mean `kim.park.hi`, `kim.park` or `kim`.
 * @param {string} run
 * @returns {string[]} in lower case
 */
function possibleHandles(run) {
  const ends = Array.from(run.matchAll(HANDLE_END), ({ index }) => index);
  return [...ends, run.length].reverse().map((end) => run.slice(0, end).toLowerCase());
}
