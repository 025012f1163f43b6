/**
 * What stands in a message: plain text, links, code, mentions. Pure, and linear in the length of
 * the text whatever it is.
 */

/**
 * @typedef {{kind: 'plain', text: string} | {kind: 'code', text: string} |
 *   {kind: 'link', text: string, href: string} | {kind: 'mention', text: string, handle: string}} Token
 */
/** @typedef {{kind: 'text', tokens: Token[]} | {kind: 'fence', text: string}} Block */

const FENCE = '```';
const INLINE =
  /`([^`\n]+)`|\bhttps?:\/\/[^\s<>"]+|(?<![\w@.])@([a-z0-9](?:[a-z0-9]|[._-](?=[a-z0-9]))*)/giu;
const TRAILING = /[.,;:!?'"»”’。，、；：！？…]+$/u;
const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s?){1,6}$/v;

/**
 * Take a message apart.
 * @param {string} text
 * @returns {Block[]}
 */
export function blocks(text) {
  const parts = text.split(FENCE);
  // A fence that is never closed is no fence.
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join(FENCE));
  /** @type {Block[]} */
  const found = [];
  parts.forEach((part, index) => {
    if (index % 2) found.push({ kind: 'fence', text: unlabelled(part) });
    else if (part.trim())
      found.push({
        kind: 'text',
        tokens: tokens(trimmed(part, index > 0, index < parts.length - 1)),
      });
  });
  return found;
}

/** A fence may begin with the name of a language on its first line. @param {string} code */
function unlabelled(code) {
  const line = code.indexOf('\n');
  const label = line >= 0 && /^[\w+#-]*\s*$/.test(code.slice(0, line));
  return (label ? code.slice(line + 1) : code).replace(/\n$/, '');
}

/**
 * The line breaks around a block of code belong to it.
 * @param {string} text
 * @param {boolean} after
 * @param {boolean} before
 */
function trimmed(text, after, before) {
  const start = after ? text.replace(/^\n/, '') : text;
  return before ? start.replace(/\n$/, '') : start;
}

/**
 * @param {string} text
 * @returns {Token[]}
 */
export function tokens(text) {
  /** @type {Token[]} */
  const found = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const token = tokenOf(match);
    if (!token) continue;
    if (match.index > end) found.push({ kind: 'plain', text: text.slice(end, match.index) });
    found.push(token);
    end = match.index + (token.kind === 'code' ? match[0].length : token.text.length);
  }
  if (end < text.length) found.push({ kind: 'plain', text: text.slice(end) });
  return found;
}

/** @param {RegExpExecArray} match @returns {Token | null} */
function tokenOf([whole, code, handle]) {
  if (code !== undefined) return { kind: 'code', text: code };
  if (handle !== undefined) return { kind: 'mention', text: whole, handle: handle.toLowerCase() };
  const text = ended(whole);
  const href = address(text);
  return href ? { kind: 'link', text, href } : null;
}

/**
 * A link ends before the punctuation of its sentence, and before a bracket that it did not open.
 * @param {string} link
 */
function ended(link) {
  let text = link.replace(TRAILING, '');
  while (/[)\]}]$/.test(text) && !balanced(text)) text = text.slice(0, -1).replace(TRAILING, '');
  return text;
}

/** @param {string} text */
function balanced(text) {
  const close = text.at(-1) ?? '';
  const open = { ')': '(', ']': '[', '}': '{' }[close] ?? '';
  return text.split(open).length >= text.split(close).length;
}

/**
 * A link that carries a name before its host only pretends to lead there.
 * @param {string} text
 * @returns {string | null}
 */
function address(text) {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return web && !url.username && !url.password ? url.href : null;
}

/** Whether a message is nothing but a few emoji: they are shown large. @param {string} text */
export const isEmoji = (text) => text.length < 80 && EMOJI_ONLY.test(text.trim());

/**
 * The handles that a text mentions.
 * @param {string} text
 * @returns {string[]}
 */
export const handlesIn = (text) =>
  blocks(text)
    .flatMap((block) => (block.kind === 'text' ? block.tokens : []))
    .flatMap((token) => (token.kind === 'mention' ? [token.handle] : []));
