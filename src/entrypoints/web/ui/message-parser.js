/**
 * Parses a message into plain text, links, code and mentions. Pure functions, in linear time for
 * any text.
 */

/**
 * @typedef {{kind: 'plain', text: string} | {kind: 'code', text: string} |
 *   {kind: 'link', text: string, href: string} | {kind: 'mention', text: string, handle: string}} Token
 */
/** @typedef {{kind: 'text', tokens: Token[]} | {kind: 'fence', text: string}} Block */

const CODE_FENCE = '```';
const INLINE =
  /`([^`\n]+)`|\bhttps?:\/\/[^\s<>"]+|(?<![\w@.])@([a-z0-9](?:[a-z0-9]|[._-](?=[a-z0-9]))*)/giu;
const TRAILING_PUNCTUATION = /[.,;:!?'"»”’。，、；：！？…]+$/u;
const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s?){1,6}$/v;

/**
 * Split a message into paragraphs of inline tokens and blocks of code.
 * @param {string} text
 * @returns {Block[]}
 */
export function parseBlocks(text) {
  const parts = text.split(CODE_FENCE);
  // A code fence that is not closed is plain text.
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join(CODE_FENCE));
  /** @type {Block[]} */
  const found = [];
  parts.forEach((part, index) => {
    if (index % 2) found.push({ kind: 'fence', text: withoutLanguage(part) });
    else if (part.trim())
      found.push({
        kind: 'text',
        tokens: parseInline(trimAroundCode(part, index > 0, index < parts.length - 1)),
      });
  });
  return found;
}

/** Remove the name of the language from the first line of a block of code. @param {string} code */
function withoutLanguage(code) {
  const line = code.indexOf('\n');
  const label = line >= 0 && /^[\w+#-]*\s*$/.test(code.slice(0, line));
  return (label ? code.slice(line + 1) : code).replace(/\n$/, '');
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
  for (const match of text.matchAll(INLINE)) {
    const token = toToken(match);
    if (!token) continue;
    if (match.index > end) found.push({ kind: 'plain', text: text.slice(end, match.index) });
    found.push(token);
    end = match.index + (token.kind === 'code' ? match[0].length : token.text.length);
  }
  if (end < text.length) found.push({ kind: 'plain', text: text.slice(end) });
  return found;
}

/** @param {RegExpExecArray} match @returns {Token | null} */
function toToken([whole, code, handle]) {
  if (code !== undefined) return { kind: 'code', text: code };
  if (handle !== undefined) return { kind: 'mention', text: whole, handle: handle.toLowerCase() };
  const text = trimLinkEnd(whole);
  const href = safeUrl(text);
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
 * The handles that a text mentions, in lower case.
 * @param {string} text
 * @returns {string[]}
 */
export const mentionedHandles = (text) =>
  parseBlocks(text)
    .flatMap((block) => (block.kind === 'text' ? block.tokens : []))
    .flatMap((token) => (token.kind === 'mention' ? [token.handle] : []));
