/** One row of a timeline: a message with its state, a day, a note, the unread line. */

import { statusOf } from '../client/store/select.js';
import { client, state } from './context.js';
import { clock, day, dayOf, moment, spoken, t } from './i18n.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { textOf } from './message-text.js';
import { noteText, startOf } from './notes.js';
import { avatar, called, explainCode, hue, iconButton, nameOf } from './parts.js';
import { permalink } from './router.js';
import { attempt } from './toasts.js';
import { isEmoji } from './tokens.js';
import { h, paint, same } from './view.js';

/** @import {Conversation, Entry, LoggedMessage} from '../client/types.js' */
/** @import {Status} from '../client/store/select.js' */
/** @import {Phrase} from './i18n.js' */
/** @import {IconName} from './icons.js' */
/** @import {Item, MessageItem} from './timeline-items.js' */
/** @import {Child} from './view.js' */
/**
 * @typedef {object} Setting
 * @property {Conversation} conversation
 * @property {{received: number, read: number}} reached by everybody else, of `floor`
 * @property {number} now milliseconds
 */

/** @type {Record<Status, {icon: IconName, words: Phrase}>} */
const STATUS = {
  waiting: { icon: 'clock', words: 'status.waiting' },
  sending: { icon: 'clock', words: 'status.sending' },
  failed: { icon: 'alert', words: 'status.failed' },
  sent: { icon: 'check', words: 'status.sent' },
  delivered: { icon: 'double', words: 'status.delivered' },
  read: { icon: 'double', words: 'status.read' },
};

/** What the rows in the document were painted for. @type {WeakMap<HTMLElement, unknown[]>} */
const dressed = new WeakMap();

/**
 * Make a row look like its item; one that would look as before is left alone.
 * @param {HTMLElement} node
 * @param {Item} item
 * @param {Setting} setting
 */
export function dressRow(node, item, setting) {
  const seen = [item, state().users, state().me, spoken(), beyond(item, setting)];
  if (same(seen, dressed.get(node))) return node;
  dressed.set(node, seen);
  for (const [name, value] of Object.entries(rowAttributes(item))) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  node.dataset.key = item.key;
  paint(node, rowContent(item, setting));
  return node;
}

/**
 * What a row shows besides its item.
 * @param {Item} item
 * @param {Setting} setting
 */
function beyond(item, { conversation, reached, now }) {
  switch (item.kind) {
    case 'message':
      return item.own && statusOf(item.message, reached);
    case 'start':
      return conversation.head;
    default:
      return dayOf(now);
  }
}

/**
 * What a row holds.
 * @param {Item} item
 * @param {Setting} setting
 * @returns {Child}
 */
function rowContent(item, setting) {
  switch (item.kind) {
    case 'day':
      return h('p', { class: 'day' }, h('span', null, day(item.time, setting.now)));
    case 'unread':
      return h(
        'p',
        { class: 'unread-line', role: 'separator' },
        h('span', null, t('timeline.unread', { count: item.count })),
      );
    case 'note':
      return h('p', { class: 'note' }, noteText(item.note));
    case 'more':
      return h(
        'p',
        { class: 'more' },
        h('span', { class: 'spinner', 'aria-hidden': 'true' }),
        h('span', { class: 'visually-hidden' }, t('timeline.loading')),
      );
    case 'start':
      return startOf(setting.conversation);
    default:
      return messageContent(item, setting);
  }
}

/**
 * The class of a row, and what it says to those who can't see it.
 * @param {Item} item
 * @returns {Record<string, string>}
 */
function rowAttributes(item) {
  if (item.kind !== 'message') return { class: `row row-${item.kind}` };
  const { message, own, first, last } = item;
  /** @type {Record<string, string>} */
  const seq = 'seq' in message ? { 'data-seq': String(message.seq) } : {};
  const shape = [
    'row',
    'row-message',
    own && 'own',
    first && 'first',
    last && 'last',
    'status' in message && `is-${message.status}`,
  ];
  const words = t('message.label', {
    name: own ? t('person.you') : nameOf(authorOf(message)),
    time: clock(message.time),
  });
  return {
    class: shape.filter(Boolean).join(' '),
    role: 'article',
    tabindex: '-1',
    'aria-label': words,
    ...seq,
  };
}

/** @param {LoggedMessage | Entry} message */
const authorOf = (message) => ('by' in message ? message.by : message.user);

/** @param {MessageItem} item @param {Setting} setting @returns {Child[]} */
function messageContent(item, setting) {
  const { message, own, last, named } = item;
  const author = authorOf(message);
  const text = String(message.body.text ?? '');
  const group = setting.conversation.head.kind === 'group';
  return [
    group &&
      !own &&
      h(
        'span',
        { class: 'row-avatar' },
        last && avatar(author, nameOf(author), { size: 'small' }),
      ),
    h(
      'div',
      { class: `bubble${isEmoji(text) ? ' bubble-emoji' : ''}` },
      named && h('span', { class: `author ink-${hue(author)}` }, called(nameOf(author))),
      h('div', { class: 'text', dir: 'auto' }, textOf(text, message)),
      h(
        'span',
        { class: 'meta' },
        h(
          'time',
          { datetime: new Date(message.time).toISOString(), title: moment(message.time) },
          clock(message.time),
        ),
        own && statusMark(statusOf(message, setting.reached)),
      ),
    ),
    'status' in message && message.status === 'failed' ? failure(message) : tools(message),
  ];
}

/** @param {Status} status */
function statusMark(status) {
  const { icon: name, words } = STATUS[status];
  return h(
    'span',
    { class: `status status-${status}`, title: t(words) },
    icon(name),
    h('span', { class: 'visually-hidden' }, t(words)),
  );
}

/** What can be done with a message that was refused. @param {Entry} entry */
function failure(entry) {
  const { outbox } = client();
  return h(
    'div',
    { class: 'failure', role: 'group', 'aria-label': t('status.failed') },
    h('span', null, explainCode(entry.error ?? '')),
    h(
      'button',
      { type: 'button', class: 'link', on: { click: () => attempt(outbox.retry(entry.key)) } },
      t('message.retry'),
    ),
    h(
      'button',
      { type: 'button', class: 'link', on: { click: () => attempt(outbox.discard(entry.key)) } },
      t('message.discard'),
    ),
  );
}

/** @param {LoggedMessage | Entry} message */
function tools(message) {
  return h(
    'div',
    { class: 'tools' },
    iconButton(
      'more',
      t('message.more'),
      (event) => messageMenu(/** @type {HTMLElement} */ (event.currentTarget), message),
      { 'aria-haspopup': 'menu', tabindex: '-1' },
    ),
  );
}

/**
 * @param {HTMLElement} anchor
 * @param {LoggedMessage | Entry} message
 */
export function messageMenu(anchor, message) {
  const text = String(message.body.text ?? '');
  const copy = (/** @type {string} */ words, /** @type {Phrase} */ done) =>
    attempt(navigator.clipboard.writeText(words), t(done));
  const seq = 'seq' in message ? message.seq : 0;
  openMenu(anchor, [
    { icon: 'copy', label: t('message.copy'), deed: () => copy(text, 'message.copied') },
    seq > 0 && {
      icon: 'link',
      label: t('message.copy-link'),
      deed: () => copy(permalink(message.conversation, seq), 'message.link-copied'),
    },
  ]);
}
