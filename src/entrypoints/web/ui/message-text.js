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
          block.tokens.flatMap((token) => renderToken(token, message)),
        ),
  );

/** @param {Token} token @param {LoggedMessage | OutboxEntry} message @returns {Child | Child[]} */
function renderToken(token, message) {
  switch (token.kind) {
    case 'code':
      return h('code', null, token.text);
    case 'link':
      return renderLink(token.text, token.href);
    case 'mention':
      return renderMention(token.text, token.handles, message);
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
 * The longest handle of somebody whom the message mentions is highlighted; the rest stays plain.
 * @param {string} text the at sign and what follows it
 * @param {string[]} handles what it may mean, the longest first
 * @param {LoggedMessage | OutboxEntry} message
 * @returns {Child[]}
 */
function renderMention(text, handles, { mentions = [] }) {
  const { users, me } = state();
  const idOf = new Map(mentions.map((id) => [id === 'all' ? id : users.get(id)?.handle, id]));
  const handle = handles.find((each) => idOf.has(each));
  if (!handle) return [text];
  const id = idOf.get(handle);
  const style = id === me?.id || id === 'all' ? 'mention mention-me' : 'mention';
  const end = handle.length + 1;
  return [h('span', { class: style }, text.slice(0, end)), text.slice(end)];
}
