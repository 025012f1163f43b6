/** What stands between messages: who came and went, new names, and the beginning of it all. */

import { state } from './context.js';
import { date, t } from './i18n.js';
import { avatar, called, nameOf, titleOf } from './parts.js';
import { h } from './view.js';

/** @import {Conversation, Note} from '../client/types.js' */

/** @param {Note} note @returns {string} */
export function noteText({ kind, by, data }) {
  const me = state().me?.id;
  const name = by === me ? t('person.you') : nameOf(by);
  const other = data.user === me ? t('person.you-object') : nameOf(data.user ?? '');
  switch (kind) {
    case 'conversation.created':
      return data.kind === 'direct' ? t('note.begun', { name }) : t('note.created', { name });
    case 'conversation.changed':
      return t('note.renamed', { name, title: data.title ?? '' });
    case 'member.added':
      return t('note.added', { name, other });
    case 'member.removed':
      return data.left ? t('note.left', { name }) : t('note.removed', { name, other });
    case 'member.changed':
      return t(`note.role-${/** @type {'owner' | 'admin' | 'member'} */ (data.role)}`, {
        name,
        other,
      });
    default:
      return t('note.unknown');
  }
}

/** The beginning of a conversation. @param {Conversation} conversation */
export function startOf({ head }) {
  const born = Number.parseInt(head.conversation.replaceAll('-', '').slice(0, 12), 16);
  return h(
    'div',
    { class: 'start' },
    avatar(head.peer ?? head.conversation, titleOf(head), {
      size: 'huge',
      group: head.kind === 'group',
    }),
    h('p', { class: 'start-title' }, called(titleOf(head))),
    h(
      'p',
      { class: 'start-words' },
      head.kind === 'group' ? t('timeline.start-group') : t('timeline.start-direct'),
    ),
    born > 0 && h('p', { class: 'start-date' }, t('timeline.since', { date: date(born) })),
  );
}
