/** The notification centre: what concerned this user lately. */

import { notices } from '../../client/store/select.js';
import { client, state } from '../context.js';
import { ago, t } from '../i18n.js';
import { icon } from '../icons.js';
import { button, called, nameOf, titleOf } from '../parts.js';
import { go } from '../router.js';
import { h } from '../view.js';
import { Sheet, open } from './dialog.js';

/** @import {Notice} from '../../client/types.js' */

class NoticesSheet extends Sheet {
  /** @override */
  render() {
    const all = notices(state());
    const unread = all.some((notice) => !notice.read);
    return this.sheet(
      t('notices.title'),
      unread &&
        h(
          'div',
          { class: 'section-top' },
          button(t('notices.read-all'), () => client().readNotices(), { class: 'small' }),
        ),
      h(
        'ul',
        { class: 'list', role: 'list' },
        all.map((notice) => this.#row(notice)),
      ),
      !all.length && h('p', { class: 'quiet' }, t('notices.none')),
    );
  }

  /** @param {Notice} notice */
  #row(notice) {
    const head = state().conversations.get(notice.conversation ?? '')?.head;
    const where = head ? titleOf(head) : t('conversation.untitled');
    const follow = () => {
      this.finish();
      if (notice.conversation) go(notice.conversation, notice.seq);
    };
    return h(
      'li',
      { key: notice.id },
      h(
        'button',
        {
          type: 'button',
          class: `entry notice${notice.read ? '' : ' unread'}`,
          on: { click: follow },
        },
        h('span', { class: 'notice-icon' }, icon(notice.kind === 'mention' ? 'at' : 'group')),
        h(
          'span',
          { class: 'entry-top' },
          called(words(notice, where), 'entry-title'),
          h(
            'time',
            { class: 'entry-time', datetime: notice.at },
            ago(Date.parse(notice.at), Date.now()),
          ),
        ),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview', dir: 'auto' }, notice.excerpt ?? where),
        ),
      ),
    );
  }
}

/** @param {Notice} notice @param {string} where */
function words(notice, where) {
  switch (notice.kind) {
    case 'mention':
      return t('notices.mention', { name: nameOf(notice.by ?? ''), where });
    case 'joined':
      return t('notices.joined', { where });
    case 'removed':
      return t('notices.removed', { where });
    default:
      return where;
  }
}

customElements.define('notices-sheet', NoticesSheet);

export const openNotices = () => open(new NoticesSheet());
