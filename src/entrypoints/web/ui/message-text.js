/** Renders the text of a message: links, code and mentions. Everything else stays plain text. */

import { state } from './context.js';
import { parseBlocks } from './message-parser.js';
import { h } from './vdom.js';

/** @import {OutboxEntry, LoggedMessage} from '../client/types.js' */
/** @import {Block, Token} from './message-parser.js' */
/** @import {Child} from './vdom.js' */

/** @param {string} text @param {LoggedMessage | OutboxEntry} message @returns {Child[]} */
export const renderText = (text, message) =>
  parseBlocks(text).map((/** @type {Block} */ block) =>
    block.kind === 'fence'
      ? h(
          'pre',
          { tabindex: '0' },
          block.language && h('span', { class: 'code-language' }, block.language),
          h('code', null, block.text),
        )
      : h(
          'p',
          null,
          block.tokens.map((token) => renderToken(token, message)),
        ),
  );

/** @param {Token} token @param {LoggedMessage | OutboxEntry} message @returns {Child} */
function renderToken(token, message) {
  switch (token.kind) {
    case 'code':
      return h('code', null, token.text);
    case 'link':
      return renderLink(token.text, token.href);
    case 'mention':
      return renderMention(token.text, token.handle, message);
    default:
      return token.text;
  }
}

/**
 * A link to this page opens in it; other links do not send a referrer.
 * @param {string} text
 * @param {string} href
 */
function renderLink(text, href) {
  const ownPrefix = `${location.origin}${location.pathname}#/c/`;
  if (href.startsWith(ownPrefix)) return h('a', { href: href.slice(href.indexOf('#')) }, text);
  return h(
    'a',
    { href, target: '_blank', rel: 'noopener noreferrer nofollow', title: href },
    text,
  );
}

/**
 * A handle is highlighted as a mention only if the message mentions that user.
 * @param {string} text
 * @param {string} handle
 * @param {LoggedMessage | OutboxEntry} message
 * @returns {Child}
 */
function renderMention(text, handle, message) {
  const { users, me } = state();
  const mentioned =
    handle === 'all' ? 'all' : message.mentions?.find((id) => users.get(id)?.handle === handle);
  if (!mentioned || !message.mentions?.includes(mentioned)) return text;
  return h(
    'span',
    { class: `mention${mentioned === me?.id || mentioned === 'all' ? ' mention-me' : ''}` },
    text,
  );
}
