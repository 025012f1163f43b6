/**
 * Texts between messages: changes of members, roles and title, and the start of the conversation.
 */

import { state } from './context.js';
import { formatDate, t } from './i18n.js';
import { avatar, isolatedText, nameOf, titleOf } from './widgets.js';
import { h } from './vdom.js';

/** @import {Conversation, SystemMessage} from '../client/types.js' */

/**
 * @returns {string}
 * @param {SystemMessage} message
 */
export function systemMessageText({ kind, by, data }) {
  const me = state().me?.id;
  const name = by === me ? t('person.you') : nameOf(by);
  const other = data.user === me ? t('person.you-object') : nameOf(data.user ?? '');
  switch (kind) {
    case 'conversation.created':
      return data.kind === 'direct' ? t('system.begun', { name }) : t('system.created', { name });
    case 'conversation.changed':
      return t('system.renamed', { name, title: data.title ?? '' });
    case 'member.added':
      return t('system.added', { name, other });
    case 'member.removed':
      return data.left ? t('system.left', { name }) : t('system.removed', { name, other });
    case 'member.changed':
      return t(`system.role-${/** @type {'owner' | 'admin' | 'member'} */ (data.role)}`, {
        name,
        other,
      });
    default:
      return t('system.unknown');
  }
}

/** The start of a conversation. @param {Conversation} conversation */
export function conversationStart({ head }) {
  const createdAt = Number.parseInt(head.conversation.replaceAll('-', '').slice(0, 12), 16);
  return h(
    'div',
    { class: 'conversation-start' },
    avatar(head.peer ?? head.conversation, titleOf(head), {
      size: 'huge',
      group: head.kind === 'group',
    }),
    h('p', { class: 'conversation-start-title' }, isolatedText(titleOf(head))),
    h(
      'p',
      { class: 'conversation-start-text' },
      head.kind === 'group' ? t('timeline.start-group') : t('timeline.start-direct'),
    ),
    createdAt > 0 &&
      h(
        'p',
        { class: 'conversation-start-date' },
        t('timeline.since', { date: formatDate(createdAt) }),
      ),
  );
}
