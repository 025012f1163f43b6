/** The notification centre: what concerned this user, the newest first, page by page. */

import { notices } from '../../client/store/select.js';
import { client, state } from '../context.js';
import { ago, moment, t } from '../i18n.js';
import { icon } from '../icons.js';
import { button, called, iconButton, nameOf, titleOf } from '../parts.js';
import { go } from '../router.js';
import { attempt } from '../toasts.js';
import { h } from '../view.js';
import { walk } from '../walk.js';
import { Sheet, open } from './dialog.js';

/** @import {Notice} from '../../client/types.js' */
/** @import {Child} from '../view.js' */

class NoticesSheet extends Sheet {
  #failed = false;

  /** Ask for the first page, where it never came. */
  async load() {
    this.#failed = false;
    this.refresh();
    this.#failed =
      (await attempt(
        client()
          .notices.load()
          .then(() => true),
      )) !== true;
    this.refresh();
  }

  /** @override */
  render() {
    const all = notices(state());
    const unread = all.some((notice) => !notice.read);
    return this.sheet(
      t('notices.title'),
      unread &&
        h(
          'div',
          { class: 'section-top section-end', key: 'top' },
          button(t('notices.read-all'), () => client().notices.readAll(), { class: 'small' }),
        ),
      h(
        'ul',
        {
          class: 'list',
          key: 'list',
          role: 'list',
          'aria-label': t('notices.title'),
          on: { keydown: (/** @type {KeyboardEvent} */ event) => walk(event, this.#entries) },
        },
        all.map((notice) => this.#row(notice)),
      ),
      this.#end(all.length === 0),
    );
  }

  /** @returns {HTMLElement[]} */
  get #entries() {
    return [...this.querySelectorAll('.notice')].map(
      (entry) => /** @type {HTMLElement} */ (entry),
    );
  }

  /** What stands below the last one. @param {boolean} empty @returns {Child} */
  #end(empty) {
    const { noticesNext: next } = state();
    if (next)
      return button(t('notices.more'), () => attempt(client().notices.more()), { class: 'wide' });
    if (next === undefined && this.#failed)
      return button(t('message.retry'), () => this.load(), { class: 'wide', key: 'retry' });
    if (next === undefined)
      return h('p', { class: 'quiet', role: 'status', key: 'loading' }, t('timeline.loading'));
    return empty && nothing();
  }

  /** @param {Notice} notice */
  #row(notice) {
    const { id, at, by, excerpt, kind, read } = notice;
    const head = state().conversations.get(notice.conversation ?? '')?.head;
    const where = head ? titleOf(head) : t('conversation.untitled');
    const time = Date.parse(at);
    return h(
      'li',
      { key: id, class: 'notice-row' },
      h(
        'button',
        {
          type: 'button',
          class: `entry notice${read ? '' : ' unread'}`,
          on: { click: () => this.#follow(notice) },
        },
        h('span', { class: 'notice-icon' }, icon(by ? 'at' : 'group')),
        h(
          'span',
          { class: 'entry-top' },
          !read && h('span', { class: 'visually-hidden' }, t('notices.unread')),
          called(words(notice, where), 'entry-title'),
        ),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview', dir: 'auto' }, excerpt || t(hintOf(kind))),
          h(
            'time',
            { class: 'entry-time', datetime: at, title: moment(time) },
            ago(time, Date.now() + client().api.skew),
          ),
        ),
      ),
      !read &&
        iconButton('check', t('notices.read'), () => this.#read(id), { class: 'notice-read' }),
    );
  }

  /** Its button goes with the mark: the focus stays at the entry. @param {string} id */
  #read(id) {
    const entry = document.activeElement?.closest('.notice-row')?.querySelector('.notice');
    client().notices.read([id]);
    /** @type {HTMLElement | null | undefined} */ (entry)?.focus();
  }

  /** Go to the message. @param {Notice} notice */
  #follow({ id, conversation, kind, seq }) {
    client().notices.read([id]);
    if (kind === 'removed' || !conversation) return;
    this.finish();
    go(conversation, seq);
  }
}

/** What is said where nothing happened yet. */
const nothing = () =>
  h(
    'div',
    { class: 'empty', key: 'empty' },
    h('span', { class: 'notice-icon' }, icon('bell')),
    h('p', { class: 'empty-title' }, t('notices.none')),
    h('p', null, t('notices.none-words')),
  );

/** What stands in the place of an excerpt. @param {string} kind */
const hintOf = (kind) => (kind === 'removed' ? 'notices.removed-hint' : 'notices.joined-hint');

/** @param {Notice} notice @param {string} where */
function words({ kind, by }, where) {
  switch (kind) {
    case 'joined':
      return t('notices.joined', { where });
    case 'removed':
      return t('notices.removed', { where });
    case 'mention':
      return t('notices.mention', { name: nameOf(by ?? ''), where });
    default:
      return where;
  }
}

customElements.define('notices-sheet', NoticesSheet);

/** Open the centre. */
export function openNotices() {
  const sheet = new NoticesSheet();
  const closed = open(sheet);
  if (state().noticesNext === undefined) sheet.load();
  return closed;
}
