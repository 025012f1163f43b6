/**
 * Renders a row of the timeline: a message with its status, a day, a system message or the unread
 * divider.
 */

import { shownMessage } from '../client/store/changes.js';
import { quotedMessage } from '../client/store/quotes.js';
import { messageStatus } from '../client/store/selectors.js';
import { client, state } from './context.js';
import { formatTime, formatDay, dayNumber, formatDateTime, currentLanguage, t } from './i18n.js';
import { icon } from './icons.js';
import { rowActions } from './message-menu.js';
import { messageText } from './message-text.js';
import { quoteBlock } from './quote.js';
import { isClosedPoll } from './poll.js';
import { reactionChips } from './reactions.js';
import { systemMessageText, conversationStart } from './system-messages.js';
import { errorCodeText } from './error-text.js';
import { avatar, isolatedText, hue, nameOf } from './widgets.js';
import { attempt } from './toasts.js';
import { isEmojiOnly } from '../client/text.js';
import { h, render, shallowEqual } from './vdom.js';

/** @import {Conversation, OutboxEntry, LoggedMessage} from '../client/types.js' */
/** @import {MessageStatus} from '../client/store/selectors.js' */
/** @import {TextKey} from './i18n.js' */
/** @import {IconName} from './icons.js' */
/** @import {TimelineRow, MessageRow} from './timeline-rows.js' */
/** @import {Child} from './vdom.js' */
/**
 * @typedef {object} RowContext
 * @property {Conversation} conversation
 * @property {{received: number, read: number}} reached marks that all others have reached, from
 *   `lowestReceipts`
 * @property {number} now milliseconds since 1970
 */

/** `group`: what a mark means where several others are reached.
 * @type {Record<MessageStatus, {icon: IconName, text: TextKey, group?: TextKey}>} */
const STATUS_MARKS = {
  waiting: { icon: 'clock', text: 'status.waiting' },
  sending: { icon: 'clock', text: 'status.sending' },
  failed: { icon: 'alert', text: 'status.failed' },
  sent: { icon: 'check', text: 'status.sent' },
  delivered: { icon: 'double', text: 'status.delivered', group: 'status.delivered-all' },
  read: { icon: 'double', text: 'status.read', group: 'status.read-all' },
};

/** The dependencies with which each row was rendered. @type {WeakMap<HTMLElement, unknown[]>} */
const renderedWith = new WeakMap();

/**
 * Render a row, unless its dependencies are the same as before.
 * @param {HTMLElement} node
 * @param {TimelineRow} row
 * @param {RowContext} context
 */
export function renderRow(node, row, context) {
  const item = shownRow(row);
  const dependencies = [
    item,
    state().users,
    state().me,
    currentLanguage(),
    ...contextDependencies(item, context),
  ];
  if (shallowEqual(dependencies, renderedWith.get(node))) return node;
  renderedWith.set(node, dependencies);
  for (const [name, value] of Object.entries(rowAttributes(item))) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  node.dataset.key = item.key;
  render(node, rowContent(item, context));
  return node;
}

/** A row with the changes that this user made and the log does not contain yet. @param {TimelineRow} row */
function shownRow(row) {
  if (row.kind !== 'message' || !('seq' in row.message)) return row;
  const message = shownMessage(state(), row.message);
  return message === row.message ? row : { ...row, message };
}

/**
 * The values of the context that a row depends on.
 * @param {TimelineRow} item
 * @param {RowContext} context
 */
function contextDependencies(item, { conversation, reached, now }) {
  if (item.kind === 'start') return [conversation.head];
  if (item.kind !== 'message') return [dayNumber(now)];
  const { message, own } = item;
  return [
    isClosedPoll(message),
    own && messageStatus(message, reached),
    message.reply_to && quotedMessage(conversation, message.reply_to),
  ];
}

/**
 * The content of a row.
 * @param {TimelineRow} item
 * @param {RowContext} context
 * @returns {Child}
 */
function rowContent(item, context) {
  switch (item.kind) {
    case 'day':
      return h('p', { class: 'day' }, h('span', null, formatDay(item.time, context.now)));
    case 'unread':
      return h(
        'p',
        { class: 'unread-divider', role: 'separator' },
        h('span', null, t('timeline.unread', { count: item.count })),
      );
    case 'system':
      return h('p', { class: 'system-message' }, systemMessageText(item.message));
    case 'more':
      return h(
        'p',
        { class: 'loading-row' },
        h('span', { class: 'spinner', 'aria-hidden': 'true' }),
        h('span', { class: 'visually-hidden' }, t('timeline.loading')),
      );
    case 'start':
      return conversationStart(context.conversation);
    default:
      return messageContent(item, context);
  }
}

/**
 * The attributes of a row: class, role and label.
 * @param {TimelineRow} item
 * @returns {Record<string, string>}
 */
function rowAttributes(item) {
  if (item.kind !== 'message') return { class: `row row-${item.kind}` };
  const { message, own, first, last } = item;
  /** @type {Record<string, string>} */
  const seq = 'seq' in message ? { 'data-seq': String(message.seq) } : {};
  const classes = [
    'row',
    'row-message',
    own && 'own',
    first && 'first',
    last && 'last',
    'status' in message && `is-${message.status}`,
  ];
  const label = t('message.label', {
    name: own ? t('person.you') : nameOf(authorOf(message)),
    time: formatTime(message.time),
  });
  return {
    class: classes.filter(Boolean).join(' '),
    role: 'article',
    tabindex: '-1',
    'aria-label': label,
    ...seq,
  };
}

/** @param {LoggedMessage | OutboxEntry} message */
const authorOf = (message) => ('by' in message ? message.by : message.user);

/** @param {MessageRow} item @param {RowContext} context @returns {Child[]} */
function messageContent(item, context) {
  const { message, own, last, showsAuthor } = item;
  const author = authorOf(message);
  const text = String(message.body.text ?? '');
  const group = context.conversation.head.kind === 'group';
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
      { class: `bubble${isEmojiOnly(text) ? ' bubble-emoji' : ''}` },
      showsAuthor &&
        h('span', { class: `author hue-text-${hue(author)}` }, isolatedText(nameOf(author))),
      message.reply_to && quoteBlock(context.conversation, message.reply_to),
      messageText(text, message),
      h(
        'span',
        { class: 'meta' },
        'pinned' in message && message.pinned && pinnedMark(),
        h(
          'time',
          { datetime: new Date(message.time).toISOString(), title: formatDateTime(message.time) },
          formatTime(message.time),
        ),
        own && statusMark(messageStatus(message, context.reached), group),
      ),
    ),
    reactionChips(message),
    'status' in message && message.status === 'failed'
      ? failedActions(message)
      : rowActions(message),
  ];
}

const pinnedMark = () =>
  h(
    'span',
    { class: 'pinned-mark', title: t('pins.pinned') },
    icon('pin'),
    h('span', { class: 'visually-hidden' }, t('pins.pinned')),
  );

/** @param {MessageStatus} status @param {boolean} isGroup */
function statusMark(status, isGroup) {
  const { icon: name, text: own, group } = STATUS_MARKS[status];
  const text = isGroup ? (group ?? own) : own;
  return h(
    'span',
    { class: `status status-${status}`, title: t(text) },
    icon(name),
    h('span', { class: 'visually-hidden' }, t(text)),
  );
}

/**
 * The error of a failed message, with the actions to retry and to delete it.
 * @param {OutboxEntry} entry
 */
function failedActions(entry) {
  const { outbox } = client();
  return h(
    'div',
    { class: 'failed-actions', role: 'group', 'aria-label': t('status.failed') },
    h('span', null, errorCodeText(entry.error ?? '')),
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

/** Estimated height in pixels of a row that was never measured. @param {TimelineRow} item */
export function estimateHeight(item) {
  if (item.kind !== 'message') return item.kind === 'start' ? 200 : 44;
  const text = String(item.message.body.text ?? '');
  const lines = Math.ceil(text.length / 60) + text.split('\n').length - 1;
  return 18 + 21 * Math.max(1, lines) + (item.first ? 8 : 2) + (item.showsAuthor ? 20 : 0);
}
