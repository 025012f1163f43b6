/**
 * Parses a message into plain text, links, code and mentions. Pure functions, in linear time for
 * any text.
 */

/**
 * What a text consists of. `handles` are what an at sign may mean, the longest first; whom it
 * mentions stands in the message.
 * @typedef {{kind: 'plain', text: string} | {kind: 'code', text: string} |
 *   {kind: 'link', text: string, href: string} | {kind: 'mention', text: string, handles: string[]}} Token
 */
/** @typedef {{kind: 'text', tokens: Token[]} | {kind: 'fence', text: string, language?: string}} Block */

/** A run of three or more backticks, up to the next run that is at least as long. */
const FENCE = /(?<!`)(`{3,})(?!`)([\s\S]*?)(?<!`)\1`*/g;
/** The name of a language after the opening fence, if the closing one has a line of its own. */
const LANGUAGE = /^([\w+#.-]+)[ \t]*\n(?=[\s\S]*\n$|$)/;
/** Scripts that are written without spaces, or with endings directly after a name. */
const UNSPACED = [
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
  String.raw`@(?:(?<=(?:[${UNSPACED}]\p{M}{0,8}|\u20e3)@)|(?<![\p{L}\p{N}@/=\\][\p{M}_]{0,8}@))` +
  `(?![a-z0-9._-]*[a-z0-9]@)((?:${HANDLE_LETTER})(?:${HANDLE_LETTER}|[._-](?=${HANDLE_LETTER}))*)` +
  String.raw`(?!_*(?![0-9]\ufe0f?\u20e3|[${UNSPACED}])[\p{L}\p{M}\p{N}])`;
/** Code, a web address, `www.` or a mail address. Addresses end at CJK punctuation. */
const CODE_OR_LINK =
  /`([^`\n]+)`|\b(https?:\/\/[^\s<>"`|｜\p{Zs}\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65…“”‘’]{1,2048})|(?<![\w@.:/-])(www\.[^\s<>"`|｜@\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65…“”‘’]{3,2048})|(?<![\w.+@/-])([a-z0-9][\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63})(?![\w@])/giu;
const INLINE = new RegExp(`${CODE_OR_LINK.source}|${MENTION}`, 'giu');
const ASCII = /^[!-~]*$/;
/** Where a handle may end before the end of what follows the at sign: before a dot or a dash. */
const HANDLE_END = /[.-]/g;
const TRAILING_PUNCTUATION = /[.,;:!?'"»*~]+$/u;
/** A top-level domain is written in one script: text that follows a Latin one is no part of it. */
const AFTER_LATIN_DOMAIN = /^((?:https?:\/\/)?[^/?#]*\.[a-z]{2,})[^ -~].*$/iu;
const WEB_SCHEME = 'http:';
const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s?){1,6}$/v;

/**
 * Split a message into paragraphs of inline tokens and blocks of code.
 * @param {string} text
 * @returns {Block[]}
 */
export function parseBlocks(text) {
  /** @type {Block[]} */
  const found = [];
  let end = 0;
  const addText = (/** @type {string} */ part, /** @type {boolean} */ isBeforeCode) => {
    if (part.trim())
      found.push({
        kind: 'text',
        tokens: parseInline(trimAroundCode(part, found.length > 0, isBeforeCode)),
      });
  };
  for (const match of text.matchAll(FENCE)) {
    addText(text.slice(end, match.index), true);
    found.push(toFence(match[2]));
    end = match.index + match[0].length;
  }
  addText(text.slice(end), false);
  return found;
}

/** @param {string} content between the fences @returns {Block} */
function toFence(content) {
  const language = LANGUAGE.exec(content)?.[1];
  const code = language ? content.slice(content.indexOf('\n') + 1) : content;
  const text = code.replace(/^[ \t]*\n/, '').replace(/\n$/, '');
  return language ? { kind: 'fence', text, language } : { kind: 'fence', text };
}

/**
 * Remove the line breaks next to a block of code.
 * @param {string} text
 * @param {boolean} after whether a block of code precedes the text
 * @param {boolean} before whether a block of code follows the text
 */
function trimAroundCode(text, after, before) {
  const start = after ? text.replace(/^\n/, '') : text;
  return before ? start.replace(/\n$/, '') : start;
}

/**
 * Split a text into inline tokens.
 * @param {string} text
 * @returns {Token[]}
 */
export function parseInline(text) {
  /** @type {Token[]} */
  const found = [];
  let end = 0;
  const pattern = new RegExp(INLINE);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const token = toToken(match);
    if (!token) continue;
    if (match.index > end) found.push({ kind: 'plain', text: text.slice(end, match.index) });
    found.push(token);
    end = match.index + (token.kind === 'code' ? match[0].length : token.text.length);
    // What was removed from the end of a link may contain a mention.
    pattern.lastIndex = end;
  }
  if (end < text.length) found.push({ kind: 'plain', text: text.slice(end) });
  return found;
}

/** @param {RegExpExecArray} match @returns {Token | null} */
function toToken([whole, code, web, www, mail, run]) {
  if (code !== undefined) return { kind: 'code', text: code };
  if (run !== undefined)
    // The pattern ignores case, by which the Kelvin sign is a "k".
    return ASCII.test(run)
      ? { kind: 'mention', text: whole, handles: possibleHandles(run) }
      : null;
  if (mail !== undefined) return { kind: 'link', text: mail, href: `mailto:${mail}` };
  const text = trimLinkEnd((web ?? www).replace(AFTER_LATIN_DOMAIN, '$1'));
  // `www.` needs a name and a top-level domain after it.
  if (www !== undefined && !/^www\.[^./?#]+\.[^./?#]/i.test(text)) return null;
  const href = safeUrl(www === undefined ? text : `${WEB_SCHEME}//${text}`);
  return href ? { kind: 'link', text, href } : null;
}

/**
 * Remove trailing punctuation from a link, and a closing bracket that was not opened in it.
 * @param {string} link
 */
function trimLinkEnd(link) {
  let text = link.replace(TRAILING_PUNCTUATION, '');
  while (/[)\]}]$/.test(text) && !hasBalancedBrackets(text))
    text = text.slice(0, -1).replace(TRAILING_PUNCTUATION, '');
  return text;
}

/** @param {string} text */
function hasBalancedBrackets(text) {
  const close = text.at(-1) ?? '';
  const open = { ')': '(', ']': '[', '}': '{' }[close] ?? '';
  return text.split(open).length >= text.split(close).length;
}

/**
 * Return the address if it is a web address. One with user information is rejected: it hides its
 * real host.
 * @param {string} text
 * @returns {string | null}
 */
function safeUrl(text) {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return web && !url.username && !url.password ? url.href : null;
}

/** Whether a text consists of a few emoji, which are shown larger. @param {string} text */
export const isEmojiOnly = (text) => text.length < 80 && EMOJI_ONLY.test(text.trim());

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
