/** The bubble of a message: author, quote, content, time and status. */

import { isEmojiOnly } from '../client/text.js';
import { isRecalling, requestFor } from '../client/store/requests.js';
import { messageStatus } from '../client/store/selectors.js';
import { state } from './context.js';
import { editedMark } from './edited-mark.js';
import { formatDateTime, formatTime, t } from './i18n.js';
import { icon } from './icons.js';
import { messageBody } from './message-body.js';
import { quoteBlock } from './quote.js';
import { recalledNote, waitingRecall } from './recalled.js';
import { hashFor } from './router.js';
import { hue, isolatedText, nameOf } from './widgets.js';
import { h } from './vdom.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/** @import {MessageStatus} from '../client/store/selectors.js' */
/** @import {TextKey} from './i18n.js' */
/** @import {IconName} from './icons.js' */
/** @import {RowContext} from './message-bubble-types.js' */
/** @import {MessageRow} from './timeline-rows.js' */
/** @import {Child} from './vdom.js' */

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

/**
 * @param {MessageRow} item
 * @param {RowContext} context
 */
export function messageBubble(item, context) {
  const { message, showsAuthor } = item;
  const author = 'by' in message ? message.by : message.user;
  const note = placeholder(message, context.now);
  const isEmoji = !note && message.kind === 'text' && isEmojiOnly(String(message.body.text ?? ''));
  const classes = ['bubble', isEmoji && 'bubble-emoji', note && 'bubble-recalled'];
  return h(
    'div',
    { class: classes.filter(Boolean).join(' '), key: 'bubble' },
    showsAuthor &&
      h(
        'span',
        { class: `author hue-text-${hue(author)}`, key: 'author' },
        isolatedText(nameOf(author)),
      ),
    note ?? [
      'forwarded' in message && message.forwarded && forwardedLine(message.forwarded),
      message.reply_to && quoteBlock(context.conversation, message.reply_to),
      messageBody(message),
    ],
    meta(item, context, note !== null),
  );
}

/**
 * What stands in place of a recalled message.
 * @param {LoggedMessage | OutboxEntry} message
 * @param {number} now
 * @returns {Child} null if it was not recalled
 */
function placeholder(message, now) {
  if (!('seq' in message)) return null;
  if (message.recalled) return recalledNote(message);
  const recall = requestFor(state(), message, 'message.recall');
  return recall && isRecalling(state(), message) ? waitingRecall(recall, now) : null;
}

/**
 * The time, the mark of an edit, and the status of an own message.
 * @param {MessageRow} item
 * @param {RowContext} context
 * @param {boolean} isRecalled
 */
function meta({ message, own }, { conversation, reached }, isRecalled) {
  const isLogged = 'seq' in message;
  const edit = isLogged ? requestFor(state(), message, 'message.edit') : undefined;
  const status = edit?.status ?? messageStatus(message, reached);
  return h(
    'span',
    { class: 'meta', key: 'meta' },
    isLogged && message.pinned && pinnedMark(),
    isLogged && !isRecalled && editedMark(message),
    h(
      'time',
      { datetime: new Date(message.time).toISOString(), title: formatDateTime(message.time) },
      formatTime(message.time),
    ),
    own && !isRecalled && statusMark(status, conversation.head.kind === 'group'),
  );
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
 * Whose message this was, as a link to the original for those who may see it.
 * @param {NonNullable<LoggedMessage['forwarded']>} forwarded
 */
function forwardedLine({ by, conversation, seq }) {
  const text = [
    icon('forward'),
    t('forwarded.from', { name: by === state().me?.id ? t('person.you-object') : nameOf(by) }),
  ];
  const props = { class: 'forwarded-line', key: 'forwarded' };
  return conversation && seq
    ? h('a', { ...props, href: hashFor(conversation, seq) }, text)
    : h('p', props, text);
}
