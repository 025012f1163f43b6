/** Renders the text of a message: its marks, links, code and mentions. */

import { parseBlocks } from '../client/markup/blocks.js';
import { shownDestination } from '../client/markup/links.js';
import { codeBlock } from './code-block.js';
import { state } from './context.js';
import { spoiler } from './spoiler.js';
import { isolatedText } from './widgets.js';
import { h } from './vdom.js';

/** @import {OutboxEntry, LoggedMessage} from '../client/types.js' */
/** @import {Block, ListItem} from '../client/markup/blocks.js' */
/** @import {Inline, NamedLink} from '../client/markup/inline.js' */
/** @import {Child, VNode} from './vdom.js' */
/** @typedef {LoggedMessage | OutboxEntry} AnyMessage */

const STYLE_TAGS = { bold: 'strong', italic: 'em', strike: 's' };

/**
 * The text of a message. The element knows what was written, for `copy-selection.js`.
 * @param {string} text
 * @param {AnyMessage} message
 */
export const messageText = (text, message) =>
  h('div', { class: 'text', dir: 'auto', set: { writtenText: text } }, renderText(text, message));

/** @param {string} text @param {AnyMessage} message @returns {Child[]} */
export const renderText = (text, message) => renderBlocks(parseBlocks(text), message);

/** @param {Block[]} blocks @param {AnyMessage} message @returns {VNode[]} */
const renderBlocks = (blocks, message) => blocks.map((block) => renderBlock(block, message));

/** @param {Block} block @param {AnyMessage} message */
function renderBlock(block, message) {
  switch (block.kind) {
    case 'text':
      return h('p', null, renderInline(block.nodes, message));
    case 'quote':
      return h('blockquote', { dir: 'auto' }, renderBlocks(block.blocks, message));
    case 'list':
      return renderList(block.items, message);
    default:
      return codeBlock(block.text, block.language);
  }
}

/** The items of one list all have numbers or none has. @param {ListItem[]} items @param {AnyMessage} message */
const renderList = (items, message) =>
  h(
    items[0].number === null ? 'ul' : 'ol',
    { dir: 'auto' },
    items.map(({ number, blocks }) =>
      h('li', { value: number === null ? null : String(number) }, renderBlocks(blocks, message)),
    ),
  );

/** @param {Inline[]} nodes @param {AnyMessage} message @returns {Child[]} */
const renderInline = (nodes, message) => nodes.map((node) => renderNode(node, message));

/** @param {Inline} node @param {AnyMessage} message @returns {Child} */
function renderNode(node, message) {
  switch (node.kind) {
    case 'bold':
    case 'italic':
    case 'strike':
      return h(STYLE_TAGS[node.kind], null, renderInline(node.nodes, message));
    case 'spoiler':
      return spoiler(renderInline(node.nodes, message));
    case 'code':
      return h('code', null, node.text);
    case 'link':
      return renderLink(node.href, node.text);
    case 'named-link':
      return renderNamedLink(node, message);
    case 'mention':
      return renderMention(node.text, node.handles, message);
    default:
      return node.text;
  }
}

/**
 * A link to this page opens in it; other links do not send a referrer.
 * @param {string} href
 * @param {Child} content
 */
function renderLink(href, content) {
  const ownPrefix = `${location.origin}${location.pathname}#/c/`;
  if (href.startsWith(ownPrefix)) return h('a', { href: href.slice(href.indexOf('#')) }, content);
  return h(
    'a',
    { href, target: '_blank', rel: 'noopener noreferrer nofollow', title: href },
    content,
  );
}

/**
 * A link with a text of its own says where it leads. Neither can reorder the other.
 * @param {NamedLink} link
 * @param {AnyMessage} message
 */
function renderNamedLink({ href, nodes }, message) {
  const label = h('bdi', null, renderInline(nodes, message));
  const host = shownDestination(nodes.map(labelText).join(''), href);
  return [
    renderLink(href, label),
    host && h('span', { class: 'link-host', 'data-added': '' }, ' (', isolatedText(host), ')'),
  ];
}

/** @param {Inline} node @returns {string} */
const labelText = (node) => ('nodes' in node ? node.nodes.map(labelText).join('') : node.text);

/**
 * The longest handle of somebody whom the message mentions is highlighted; the rest stays plain.
 * @param {string} text the at sign and what follows it
 * @param {string[]} handles what it may mean, the longest first
 * @param {AnyMessage} message
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
