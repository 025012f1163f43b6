/** One item of the conversation list. */

import { plainText } from '../client/markup/plain-text.js';
import { isMuted, isUnread, pendingMessages } from '../client/store/selectors.js';
import { peerOfUnstarted } from '../client/store/unstarted.js';
import { client, state } from './context.js';
import { openConversationMenu } from './conversation-menu.js';
import { openDetails } from './dialogs/details.js';
import { messageExcerpt } from './message-excerpt.js';
import { formatBadge, formatShortTime, currentLanguage, t } from './i18n.js';
import { icon } from './icons.js';
import { isolatedText, conversationAvatar, titleOf } from './widgets.js';
import { typingText } from './presence-text.js';
import { hashFor } from './router.js';
import { isCompact } from './layout.js';
import { h } from './vdom.js';

/** @import {Conversation, OutboxEntry} from '../client/types.js' */
/** @import {IconName} from './icons.js' */
/** @import {Child} from './vdom.js' */

const MINUTE_MS = 60_000;

/**
 * Render an item of the conversation list.
 * @param {Conversation} conversation
 * @param {boolean} isCurrent whether the conversation is open
 * @param {boolean} isFocusable whether the Tab key stops here
 */
export function chatListItem(conversation, isCurrent, isFocusable) {
  const id = conversation.head.conversation;
  const unsent = pendingMessages(state(), id);
  const draftText = isCurrent ? '' : client().drafts.get(id).text;
  const typing = typingText(id, conversation.head.kind === 'group');
  const shared = sharedDependencies(conversation);
  const content = typing
    ? h('span', { class: 'typing' }, typing)
    : preview(conversation, draftText, unsent);
  return h(
    'li',
    {
      key: id,
      memo: [conversation, unsent.at(-1), draftText, typing, isCurrent, isFocusable, ...shared],
    },
    h(
      'a',
      {
        class: classesOf(conversation),
        href: hashFor(id),
        tabindex: isFocusable ? '0' : '-1',
        'aria-current': isCurrent ? 'page' : null,
        title: isCompact() ? titleOf(conversation.head) : null,
        on: {
          contextmenu: (/** @type {MouseEvent} */ event) => openContextMenu(event, conversation),
        },
      },
      conversationAvatar(conversation.head),
      h(
        'span',
        { class: 'entry-top' },
        isolatedText(titleOf(conversation.head), 'entry-title'),
        timeLabel(conversation, unsent),
      ),
      h(
        'span',
        { class: 'entry-bottom' },
        h('span', { class: 'entry-preview', dir: 'auto' }, content),
        badges(conversation),
      ),
    ),
  );
}

/** @param {MouseEvent} event @param {Conversation} conversation */
function openContextMenu(event, conversation) {
  event.preventDefault();
  if (peerOfUnstarted(conversation.head.conversation)) return;
  const anchor = /** @type {HTMLElement} */ (event.currentTarget);
  openConversationMenu(anchor, conversation, () => openDetails(conversation.head.conversation));
}

/** @param {Conversation} conversation */
function classesOf(conversation) {
  const muted = isMuted(conversation, Date.now());
  return ['entry', isUnread(conversation.head) && 'unread', muted && 'muted']
    .filter(Boolean)
    .join(' ');
}

/**
 * What an item shows besides its conversation; it is rendered again when one of these changes.
 * @param {Conversation} conversation
 * @returns {readonly unknown[]}
 */
function sharedDependencies({ head }) {
  const { users, presence, me } = state();
  return [
    users.get(head.last?.by ?? '')?.display_name,
    presence.get(head.peer ?? '')?.state,
    me?.id,
    currentLanguage(),
    isCompact(),
    Math.floor(Date.now() / MINUTE_MS),
  ];
}

/** @param {Conversation} conversation @param {OutboxEntry[]} unsent */
function timeLabel({ head }, unsent) {
  const time = unsent.at(-1)?.time ?? Date.parse(head.last?.at ?? '');
  if (!time) return null;
  const isoTime = new Date(time).toISOString();
  return h('time', { class: 'entry-time', datetime: isoTime }, formatShortTime(time, Date.now()));
}

/**
 * The second line: the draft, an unsent message, or the last message.
 * @param {Conversation} conversation
 * @param {string} draftText
 * @param {OutboxEntry[]} unsent
 * @returns {Child}
 */
function preview({ head }, draftText, unsent) {
  if (draftText)
    return [h('span', { class: 'draft' }, t('list.draft')), ' ', plainText(draftText)];
  const last = unsent.at(-1);
  if (last)
    return [outboxIcon(unsent.some((entry) => entry.status === 'failed')), messageExcerpt(last)];
  return lastMessageText(head);
}

/** @param {boolean} failed */
const outboxIcon = (failed) =>
  h(
    'span',
    { class: failed ? 'failed' : 'waiting' },
    icon(failed ? 'alert' : 'clock'),
    h('span', { class: 'visually-hidden' }, t(failed ? 'status.failed' : 'status.waiting')),
  );

/** @param {Conversation['head']} head */
function lastMessageText({ kind, last }) {
  if (!last) return t(kind === 'group' ? 'list.new-group' : 'list.new-direct');
  const { by, recalled } = last;
  if (recalled) return t('message.was-recalled');
  const text = last.excerpt;
  if (by === state().me?.id) return t('list.own', { text });
  // The sender's name may load after the text; until then the text stands alone.
  const name = state().users.get(by)?.display_name;
  return kind === 'group' && name ? t('list.other', { name, text }) : text;
}

/** @param {Conversation} conversation */
function badges(conversation) {
  const { pinned, mentions, unread, marked_unread: marked } = conversation.head;
  return h(
    'span',
    { class: 'entry-badges' },
    isMuted(conversation, Date.now()) && iconWithText('mute', t('list.muted')),
    pinned && iconWithText('pin', t('list.pinned')),
    mentions > 0 &&
      h(
        'span',
        { class: 'badge badge-mention', title: t('list.mentions', { count: mentions }) },
        '@',
      ),
    unread > 0 &&
      h(
        'span',
        { class: 'badge' },
        formatBadge(unread),
        h('span', { class: 'visually-hidden' }, t('list.unread', { count: unread })),
      ),
    !unread &&
      marked &&
      h(
        'span',
        { class: 'badge badge-dot', title: t('list.marked-unread') },
        h('span', { class: 'visually-hidden' }, t('list.marked-unread')),
      ),
  );
}

/**
 * An icon with its meaning as a tooltip and for screen readers.
 * @param {IconName} name
 * @param {string} label
 */
const iconWithText = (name, label) =>
  h(
    'span',
    { class: 'entry-icon', title: label },
    icon(name),
    h('span', { class: 'visually-hidden' }, label),
  );
