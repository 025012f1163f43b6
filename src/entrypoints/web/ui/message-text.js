/** The text of a message, as elements: links, code and mentions. Text stays text. */

import { state } from './context.js';
import { blocks } from './tokens.js';
import { h } from './view.js';

/** @import {Entry, LoggedMessage} from '../client/types.js' */
/** @import {Block, Token} from './tokens.js' */
/** @import {Child} from './view.js' */

/** @param {string} text @param {LoggedMessage | Entry} message @returns {Child[]} */
export const textOf = (text, message) =>
  blocks(text).map((/** @type {Block} */ block) =>
    block.kind === 'fence'
      ? h('pre', { tabindex: '0' }, h('code', null, block.text))
      : h(
          'p',
          null,
          block.tokens.map((token) => tokenView(token, message)),
        ),
  );

/** @param {Token} token @param {LoggedMessage | Entry} message @returns {Child} */
function tokenView(token, message) {
  switch (token.kind) {
    case 'code':
      return h('code', null, token.text);
    case 'link':
      return linkView(token.text, token.href);
    case 'mention':
      return mentionView(token.text, token.handle, message);
    default:
      return token.text;
  }
}

/**
 * A link of this page is followed inside it; another page learns nothing about this one.
 * @param {string} text
 * @param {string} href
 */
function linkView(text, href) {
  const own = `${location.origin}${location.pathname}#/c/`;
  if (href.startsWith(own)) return h('a', { href: href.slice(href.indexOf('#')) }, text);
  return h(
    'a',
    { href, target: '_blank', rel: 'noopener noreferrer nofollow', title: href },
    text,
  );
}

/**
 * A name is a mention only where the message says so.
 * @param {string} text
 * @param {string} handle
 * @param {LoggedMessage | Entry} message
 * @returns {Child}
 */
function mentionView(text, handle, message) {
  const { users, me } = state();
  const named =
    handle === 'all' ? 'all' : message.mentions?.find((id) => users.get(id)?.handle === handle);
  if (!named || !message.mentions?.includes(named)) return text;
  return h(
    'span',
    { class: `mention${named === me?.id || named === 'all' ? ' mention-me' : ''}` },
    text,
  );
}
