/** The emoji to choose from: their names and keywords, and how they are found. */

import { foldCase } from '../client/text.js';
import { newestEmojiVersion } from './emoji-support.js';

/** @import {SkinTone} from './emoji-usage.js' */
/**
 * @typedef {object} EmojiEntry
 * @property {string} emoji without a skin tone
 * @property {boolean} hasTones
 * @property {number} version of Unicode's emoji; 0 for those that everything draws
 * @property {Record<'en' | 'zh', string>} names
 * @property {string} code what people type between colons, for example `heart_eyes`
 * @property {string[]} words of the English name, the code and the keywords, in lower case
 * @property {number} nameLength how many of the words are those of the name
 * @property {string} chinese the Chinese name and keywords
 */
/** @typedef {{group: GroupId, entries: EmojiEntry[]}} EmojiGroup */

/** The numbers of groups in the table, and the order in which they are shown. */
export const GROUPS = /** @type {const} */ ({
  0: 'smileys',
  1: 'people',
  3: 'nature',
  4: 'food',
  5: 'travel',
  6: 'activities',
  7: 'objects',
  8: 'symbols',
  9: 'flags',
});
/** @typedef {typeof GROUPS[keyof typeof GROUPS]} GroupId */

const EMOJI_STYLE = /\ufe0f/g;
const TONES = /[\u{1f3fb}-\u{1f3ff}]/gu;
const LIGHTEST = 0x1f3fb;
/** The second of two people, who has a tone of their own. */
const SECOND_PERSON = /(?<=\u200d)[\u{1f468}\u{1f469}\u{1f9d1}]$/u;
const MAX_CODE = 100;
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]{2}$/u;
const LETTER_OF_FLAG = 0x1f1e6 - 'A'.charCodeAt(0);

/** @type {Promise<EmojiGroup[]> | null} */
let loading = null;
/** @type {EmojiGroup[] | null} */
let loaded = null;

/** The emoji that this device draws; loaded once, when they are needed first. */
export async function loadEmoji() {
  loading ??= fetchEmoji();
  try {
    loaded = await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
  return loaded;
}

/** What `loadEmoji` has loaded; null before. */
export const loadedEmoji = () => loaded;

async function fetchEmoji() {
  const response = await fetch(new URL('./emoji-data.txt', import.meta.url));
  if (!response.ok) throw new Error(`emoji-data.txt: ${response.status}`);
  const newest = newestEmojiVersion();
  return parseEmoji(await response.text()).map(({ group, entries }) => ({
    group,
    entries: entries.filter(({ version }) => version <= newest),
  }));
}

/**
 * Read the table that `renew_emoji` writes.
 * @param {string} table
 * @returns {EmojiGroup[]}
 */
export function parseEmoji(table) {
  const regions = { en: regionNames('en'), zh: regionNames('zh') };
  /** @type {EmojiGroup[]} */
  const groups = [];
  for (const line of table.split('\n')) {
    if (!line || line.startsWith('# ') || line === '#') continue;
    if (line.startsWith('='))
      groups.push({ group: GROUPS[/** @type {0} */ (Number(line.slice(1)))], entries: [] });
    else groups.at(-1)?.entries.push(parseLine(line, regions));
  }
  return groups;
}

/** @param {'en' | 'zh'} language */
const regionNames = (language) => new Intl.DisplayNames(language, { type: 'region' });

/** @param {string} line @param {Record<'en' | 'zh', Intl.DisplayNames>} regions @returns {EmojiEntry} */
function parseLine(line, regions) {
  const [marked, english = '', keywords = '', chineseName = '', chineseKeywords = ''] =
    line.split('\t');
  const [emoji, ...marks] = marked.split(' ');
  const region = FLAG.test(emoji) ? regionOf(emoji) : '';
  const names = region
    ? { en: regions.en.of(region) ?? region, zh: regions.zh.of(region) ?? region }
    : { en: english, zh: chineseName };
  const nameWords = wordsOf(names.en);
  const typed = keywords.startsWith(':') ? keywords.slice(1).split(' ')[0] : '';
  const code = typed || nameWords.join('_');
  const others = wordsOf(region ? `flag ${region}` : keywords);
  return {
    emoji,
    hasTones: marks.includes('t'),
    version: Number(marks.find((mark) => mark !== 't') ?? 0),
    names,
    code,
    words: [...nameWords, ...others],
    nameLength: nameWords.length,
    chinese: `${names.zh} ${region ? '旗' : chineseKeywords}`.toLowerCase(),
  };
}

/** @param {string} flag */
const regionOf = (flag) =>
  [...flag]
    .map((letter) =>
      String.fromCharCode(/** @type {number} */ (letter.codePointAt(0)) - LETTER_OF_FLAG),
    )
    .join('');

/** Words in lower case; `+1` is one. @param {string} text @returns {string[]} */
const wordsOf = (text) => text.toLowerCase().match(/(?<![^\s:])[+-]\d+|[\p{L}\p{N}]+/gu) ?? [];

/**
 * The emoji that have all words of the query: words of English begin with them, texts in Chinese
 * contain them. The best are first.
 * @param {EmojiEntry[]} entries
 * @param {string} query words in any order, a code such as `:heart_eyes`, or an emoji
 * @returns {EmojiEntry[]}
 */
export function searchEmoji(entries, query) {
  const pasted = bareEmoji(query.trim());
  const same = entries.filter(({ emoji }) => bareEmoji(emoji) === pasted);
  if (same.length) return same;
  const words = wordsOf(foldCase(query));
  if (!words.length) return [];
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry, words) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .map(({ entry }) => entry);
}

/**
 * How well an entry fits: 0 is best, infinity is not at all.
 * @param {EmojiEntry} entry
 * @param {string[]} words
 */
function rankOf(entry, words) {
  if (words.join('_') === entry.code || words.join('') === entry.chinese.split(' ')[0]) return 0;
  let rank = 0;
  for (const word of words) rank += rankOfWord(entry, word);
  // A code that begins like that stands behind whole words and before parts of them.
  const isCode = entry.code.startsWith(words.join('_'));
  return isCode ? Math.min(rank, 3 + entry.code.length / MAX_CODE) : rank;
}

/** @param {EmojiEntry} entry @param {string} word */
function rankOfWord({ words, nameLength, chinese, names }, word) {
  // The beginning of a name counts more than what comes later.
  const inName = (/** @type {number} */ place) => (place < nameLength ? Math.min(place, 1) : 2);
  const exact = words.indexOf(word);
  if (exact >= 0) return 1 + inName(exact);
  const prefix = words.findIndex((each) => each.startsWith(word));
  if (prefix >= 0) return 4 + inName(prefix);
  if (!chinese.includes(word)) return Infinity;
  if (` ${chinese} `.includes(` ${word} `)) return 1;
  return names.zh.includes(word) ? 4 : 6;
}

/** An emoji without its style and skin tones, to compare. @param {string} emoji */
export const bareEmoji = (emoji) => emoji.replace(EMOJI_STYLE, '').replace(TONES, '');

/**
 * An emoji that has skin tones, in one of them.
 * @param {string} emoji without a tone
 * @param {SkinTone} tone
 */
export function withTone(emoji, tone) {
  if (!tone) return emoji;
  const modifier = String.fromCodePoint(LIGHTEST + tone - 1);
  const [first, ...rest] = emoji;
  if (rest[0] === '\ufe0f') rest.shift();
  return `${first}${modifier}${rest.join('').replace(SECOND_PERSON, `$&${modifier}`)}`;
}
