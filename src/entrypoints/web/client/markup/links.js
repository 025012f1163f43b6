/** Addresses in a text that become links: web addresses and mail addresses. Pure functions. */

/** What ends an address: white space, quotes, and CJK punctuation. */
const END = String.raw`\s<>"${'`'}|｜\p{Zs}\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65…“”‘’`;
/** Patterns of a web address, of one without its scheme, and of a mail address. */
export const WEB_ADDRESS = String.raw`\bhttps?:\/\/[^${END}]{1,2048}`;
export const WWW_ADDRESS = String.raw`(?<![\w@.:/-])www\.[^${END}@]{3,2048}`;
const MAIL = String.raw`[a-z0-9][\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}`;
export const MAIL_ADDRESS = String.raw`(?<![\w.+@/-])${MAIL}(?![\w@])`;
/**
 * The address of `[text](address)`: with a host and without user information, which would hide the
 * real host. Brackets are in pairs.
 */
const HOST = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?(?::\d{1,5})?`;
const PATH = String.raw`[/?#](?:[^\s<>()\[\]"${'`'}]|\([^\s<>()\[\]"${'`'}]*\))*`;
export const NAMED_ADDRESS = String.raw`https?:\/\/${HOST}(?:${PATH})?|mailto:${MAIL}`;

const ANY_ADDRESS = new RegExp(`${WEB_ADDRESS}|${WWW_ADDRESS}|${MAIL_ADDRESS}`, 'iu');
const TRAILING_PUNCTUATION = /[.,;:!?'"»*~]+$/u;
/** A top-level domain is written in one script: text that follows a Latin one is no part of it. */
const AFTER_LATIN_DOMAIN = /^((?:https?:\/\/)?[^/?#]*\.[a-z]{2,})[^ -~].*$/iu;
const WEB_SCHEME = 'http:';
const OPENING_BRACKETS = /** @type {Record<string, string>} */ ({ ')': '(', ']': '[', '}': '{' });

/**
 * An address as it stands in a text, without what follows it.
 * @param {string} found what `WEB_ADDRESS` or `WWW_ADDRESS` matched
 * @returns {string}
 */
export function trimAddress(found) {
  let text = found.replace(AFTER_LATIN_DOMAIN, '$1').replace(TRAILING_PUNCTUATION, '');
  while (/[)\]}]$/.test(text) && !hasBalancedBrackets(text))
    text = text.slice(0, -1).replace(TRAILING_PUNCTUATION, '');
  return text;
}

/** @param {string} text */
function hasBalancedBrackets(text) {
  const close = text.at(-1) ?? '';
  return text.split(OPENING_BRACKETS[close]).length >= text.split(close).length;
}

/**
 * Where an address that begins with `www.` leads. It needs a name and a top-level domain.
 * @param {string} text
 * @returns {string | null}
 */
export const wwwUrl = (text) =>
  /^www\.[^./?#]+\.[^./?#]/i.test(text) ? webUrl(`${WEB_SCHEME}//${text}`) : null;

/**
 * The complete form of a web address. One with user information is refused: it hides its real
 * host.
 * @param {string} text
 * @returns {string | null}
 */
export function webUrl(text) {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return web && !url.username && !url.password ? url.href : null;
}

/**
 * Where a link with a text of its own leads, in few words: the host or the mail address. Hosts in
 * other scripts are in their ASCII form, so that none looks like another.
 * @param {string} href
 */
const destination = (href) =>
  href.startsWith('mailto:') ? href.slice('mailto:'.length) : new URL(href).host;

/**
 * What has to be shown beside a link with a text of its own, so that the text cannot deceive.
 * @param {string} text
 * @param {string} href
 * @returns {string} empty if the text is the address itself
 */
export function shownDestination(text, href) {
  const host = destination(href);
  const said = text.trim();
  return said.toLowerCase() === host || webUrl(said) === href ? '' : host;
}

/**
 * Whether a text names an address other than the one that it would lead to.
 * @param {string} text
 * @param {string} href
 */
export function isDeceptive(text, href) {
  const found = ANY_ADDRESS.exec(text);
  return found !== null && shownDestination(text, href) !== '';
}
