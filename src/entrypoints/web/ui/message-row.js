/**
 * Renders a row of the timeline: a message with its status, a day, a system message or the unread
 * divider.
 */

import { shownMessage } from '../client/store/changes.js';
import { quotedMessage } from '../client/store/quotes.js';
import { messageStatus } from '../client/store/selectors.js';
import { requestFor } from '../client/store/requests.js';
import { state } from './context.js';
import { failedActions, failedEdit } from './failed-actions.js';
import { formatTime, formatDay, dayNumber, currentLanguage, t } from './i18n.js';
import { messageBubble } from './message-bubble.js';
import { rowActions } from './message-menu.js';
import { estimatePollHeight, isClosedPoll } from './poll.js';
import { reactionChips } from './reactions.js';
import { isSelected, isSelecting, selectionMark } from './selection.js';
import { systemMessageText, conversationStart } from './system-messages.js';
import { avatar, nameOf } from './widgets.js';
import { h, render, shallowEqual } from './vdom.js';

/** @import {Conversation, OutboxEntry, LoggedMessage} from '../client/types.js' */
/** @import {TimelineRow, MessageRow} from './timeline-rows.js' */
/** @import {Child} from './vdom.js' */
/** @import {RowContext} from './message-bubble-types.js' */

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
  const isLogged = 'seq' in message;
  return [
    isClosedPoll(message),
    own && messageStatus(message, reached),
    message.reply_to && quotedMessage(conversation, message.reply_to),
    isLogged && requestFor(state(), message, 'message.edit'),
    isLogged && requestFor(state(), message, 'message.recall'),
    isSelecting(message.conversation),
    isSelected(message),
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
    isSelecting(message.conversation) && 'selecting',
    isSelected(message) && 'selected',
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
  const { message, own, last } = item;
  const author = authorOf(message);
  const group = context.conversation.head.kind === 'group';
  return [
    group &&
      !own &&
      h(
        'span',
        { class: 'row-avatar', key: 'avatar' },
        last && avatar(author, nameOf(author), { size: 'small' }),
      ),
    messageBubble(item, context),
    reactionChips(message),
    belowMessage(message) ?? rowActions(message),
    isSelecting(message.conversation) && selectionMark(message),
  ];
}

/**
 * What could not be sent, and what can be done about it.
 * @param {LoggedMessage | OutboxEntry} message
 */
function belowMessage(message) {
  if ('status' in message) return message.status === 'failed' ? failedActions(message) : null;
  const edit = requestFor(state(), message, 'message.edit');
  return edit?.status === 'failed' ? failedEdit(edit) : null;
}

/** Estimated height in pixels of a row that was never measured. @param {TimelineRow} item */
export function estimateHeight(item) {
  if (item.kind !== 'message') return item.kind === 'start' ? 200 : 44;
  if (item.message.kind === 'poll') return estimatePollHeight(item.message);
  const text = String(item.message.body.text ?? '');
  const lines = Math.ceil(text.length / 60) + text.split('\n').length - 1;
  return 18 + 21 * Math.max(1, lines) + (item.first ? 8 : 2) + (item.showsAuthor ? 20 : 0);
}
