/** Emoji that are typed as codes: `:smi` is completed, `:smile:` is replaced. */

import { loadEmoji, loadedEmoji, searchEmoji, withTone } from './emoji-data.js';
import { rememberEmoji, skinTone } from './emoji-usage.js';
import { currentLanguage, t } from './i18n.js';
import { Suggestions } from './suggestions.js';
import { h } from './vdom.js';

/** @import {EmojiEntry} from './emoji-data.js' */

const MAX_SUGGESTIONS = 6;
/** Two letters or a Chinese character at least: `:D` and `:3` stay what they are. */
const CODE_AT_CURSOR = /(?:^|[\s(])[:：](\p{Script=Han}[\p{L}\p{N}]*|[a-z0-9_+-]{2,})$/iu;
const WHOLE_CODE = /(?:^|[\s(]):([a-z0-9_+-]{2,}):$/iu;
const LONGEST = 64;

/**
 * The unfinished code before the cursor.
 * @param {string} text
 * @param {number} cursor
 * @returns {{query: string, start: number} | null} `start` is the index of the colon
 */
export function typedCode(text, cursor) {
  const match = CODE_AT_CURSOR.exec(text.slice(Math.max(0, cursor - LONGEST), cursor));
  return match && { query: match[1], start: cursor - match[1].length - 1 };
}

/**
 * The emoji for the code before the cursor.
 * @param {string} text
 * @param {number} cursor
 * @param {() => void} onLoaded called once the emoji are there, if they were not
 * @returns {Suggestions | null} null if no code is being typed, or no emoji fits
 */
export function emojiSuggestions(text, cursor, onLoaded) {
  const typed = typedCode(text, cursor);
  if (!typed) return null;
  const groups = loadedEmoji();
  if (!groups) {
    // Whoever types a colon without a connection may mean it.
    loadEmoji().then(onLoaded, () => {});
    return null;
  }
  const entries = groups.flatMap((group) => group.entries);
  const items = searchEmoji(entries, typed.query).slice(0, MAX_SUGGESTIONS).map(suggestion);
  return items.length ? new Suggestions(t('emoji.suggestions'), items, typed.start) : null;
}

/** @param {EmojiEntry} entry */
function suggestion(entry) {
  const emoji = inTone(entry);
  return {
    key: entry.emoji,
    text: `${emoji} `,
    content: [
      h('span', { class: 'emoji-large' }, emoji),
      h('bdi', null, entry.names[currentLanguage()]),
      h('small', null, `:${entry.code}:`),
    ],
    onPick: () => rememberEmoji(emoji),
  };
}

/** @param {EmojiEntry} entry */
const inTone = ({ emoji, hasTones }) => (hasTones ? withTone(emoji, skinTone()) : emoji);

/**
 * Replace the code that ends at the cursor by its emoji.
 * @param {HTMLTextAreaElement} field
 */
export function replaceCode(field) {
  const cursor = field.selectionStart;
  const match = WHOLE_CODE.exec(field.value.slice(Math.max(0, cursor - LONGEST), cursor));
  const code = match?.[1].toLowerCase();
  const entry =
    code &&
    loadedEmoji()
      ?.flatMap(({ entries }) => entries)
      .find((each) => each.code === code);
  if (!entry) return;
  const emoji = inTone(entry);
  field.setRangeText(emoji, cursor - code.length - 2, cursor, 'end');
  rememberEmoji(emoji);
}
