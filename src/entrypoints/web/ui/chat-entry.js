/** One line of the list of conversations. */

import { isMuted, isUnread, pending } from '../client/store/select.js';
import { state } from './context.js';
import { conversationMenu } from './conversation-menu.js';
import { openDetails } from './dialogs/details.js';
import { draft } from './drafts.js';
import { badge, brief, spoken, t } from './i18n.js';
import { icon } from './icons.js';
import { called, headAvatar, titleOf } from './parts.js';
import { typingWords } from './presence-text.js';
import { linkTo } from './router.js';
import { compact } from './shape.js';
import { h } from './view.js';

/** @import {Conversation, Entry} from '../client/types.js' */
/** @import {IconName} from './icons.js' */
/** @import {Child} from './view.js' */

const MINUTE = 60_000;

/**
 * @param {Conversation} conversation
 * @param {boolean} current
 * @param {boolean} focusable
 */
export function chatEntry(conversation, current, focusable) {
  const id = conversation.head.conversation;
  const waiting = pending(state(), id);
  const words = current ? '' : draft(id);
  const typing = typingWords(id, conversation.head.kind === 'group');
  const seen = [facesOf(conversation), spoken(), compact(), Math.floor(Date.now() / MINUTE)];
  const preview = typing
    ? h('span', { class: 'typing' }, typing)
    : previewOf(conversation, words, waiting);
  return h(
    'li',
    {
      key: id,
      skip: [conversation, waiting.at(-1), words, typing, current, focusable, ...seen],
    },
    h(
      'a',
      {
        class: shapeOf(conversation),
        href: linkTo(id),
        tabindex: focusable ? '0' : '-1',
        'aria-current': current ? 'page' : null,
        title: compact() ? titleOf(conversation.head) : null,
        on: { contextmenu: (/** @type {MouseEvent} */ event) => openMenuOf(event, conversation) },
      },
      headAvatar(conversation.head),
      h(
        'span',
        { class: 'entry-top' },
        called(titleOf(conversation.head), 'entry-title'),
        timeOf(conversation, waiting),
      ),
      h(
        'span',
        { class: 'entry-bottom' },
        h('span', { class: 'entry-preview', dir: 'auto' }, preview),
        marksOf(conversation),
      ),
    ),
  );
}

/** @param {MouseEvent} event @param {Conversation} conversation */
function openMenuOf(event, conversation) {
  event.preventDefault();
  const anchor = /** @type {HTMLElement} */ (event.currentTarget);
  conversationMenu(anchor, conversation, () => openDetails(conversation.head.conversation));
}

/** @param {Conversation} conversation */
function shapeOf(conversation) {
  const muted = isMuted(conversation, Date.now());
  return ['entry', isUnread(conversation.head) && 'unread', muted && 'muted']
    .filter(Boolean)
    .join(' ');
}

/** What a line shows of people: their names and whether they are there. @param {Conversation} conversation */
function facesOf({ head }) {
  const { users, presence, me } = state();
  const name = users.get(head.last?.by ?? '')?.display_name;
  return [name, presence.get(head.peer ?? '')?.state, me?.id].join(' ');
}

/** @param {Conversation} conversation @param {Entry[]} waiting */
function timeOf({ head }, waiting) {
  const time = waiting.at(-1)?.time ?? Date.parse(head.last?.at ?? '');
  if (!time) return null;
  const machine = new Date(time).toISOString();
  return h('time', { class: 'entry-time', datetime: machine }, brief(time, Date.now()));
}

/**
 * A draft, what waits to be sent, or the last message.
 * @param {Conversation} conversation
 * @param {string} words
 * @param {Entry[]} waiting
 * @returns {Child}
 */
function previewOf({ head }, words, waiting) {
  if (words) return [h('span', { class: 'draft' }, t('list.draft')), ' ', words];
  const last = waiting.at(-1);
  if (last) return [stateOf(waiting.some((entry) => entry.status === 'failed')), last.body.text];
  return lastWords(head);
}

/** @param {boolean} failed */
const stateOf = (failed) =>
  h(
    'span',
    { class: failed ? 'failed' : 'waiting' },
    icon(failed ? 'alert' : 'clock'),
    h('span', { class: 'visually-hidden' }, t(failed ? 'status.failed' : 'status.waiting')),
  );

/** @param {Conversation['head']} head */
function lastWords({ kind, last }) {
  if (!last) return t(kind === 'group' ? 'list.new-group' : 'list.new-direct');
  const { by, excerpt: text } = last;
  if (by === state().me?.id) return t('list.own', { text });
  // A moment after the words come the names: until then nobody is called by another one.
  const name = state().users.get(by)?.display_name;
  return kind === 'group' && name ? t('list.other', { name, text }) : text;
}

/** @param {Conversation} conversation */
function marksOf(conversation) {
  const { pinned, mentions, unread, marked_unread: marked } = conversation.head;
  return h(
    'span',
    { class: 'entry-marks' },
    isMuted(conversation, Date.now()) && mark('mute', t('list.muted')),
    pinned && mark('pin', t('list.pinned')),
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
        badge(unread),
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

/** @param {IconName} name @param {string} words */
const mark = (name, words) =>
  h(
    'span',
    { class: 'mark', title: words },
    icon(name),
    h('span', { class: 'visually-hidden' }, words),
  );
