/** The notification centre: notifications, newest first, page by page. */

import { visibleNotifications } from '../../client/store/selectors.js';
import { client, state } from '../context.js';
import { formatRelativeTime, formatDateTime, t } from '../i18n.js';
import { icon } from '../icons.js';
import { button, isolatedText, iconButton, nameOf, titleOf } from '../widgets.js';
import { navigate } from '../router.js';
import { attempt } from '../toasts.js';
import { h } from '../vdom.js';
import { moveFocus } from '../list-navigation.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {NotificationItem} from '../../client/types.js' */
/** @import {Child} from '../vdom.js' */

class NotificationsDialog extends DialogView {
  #hasFailed = false;

  /** Load the first page, if it is missing. */
  async load() {
    this.#hasFailed = false;
    this.requestUpdate();
    this.#hasFailed =
      (await attempt(
        client()
          .notifications.load()
          .then(() => true),
      )) !== true;
    this.requestUpdate();
  }

  /** @override */
  render() {
    const all = visibleNotifications(state());
    const unread = all.some((item) => !item.read);
    return this.layout(
      t('notifications.title'),
      unread &&
        h(
          'div',
          { class: 'section-header section-end', key: 'top' },
          button(t('notifications.read-all'), () => client().notifications.markAllRead(), {
            class: 'small',
          }),
        ),
      h(
        'ul',
        {
          class: 'list',
          key: 'list',
          role: 'list',
          'aria-label': t('notifications.title'),
          on: { keydown: (/** @type {KeyboardEvent} */ event) => moveFocus(event, this.#items) },
        },
        all.map((item) => this.#row(item)),
      ),
      this.#footer(all.length === 0),
    );
  }

  /** @returns {HTMLElement[]} */
  get #items() {
    return [...this.querySelectorAll('.notification')].map(
      (entry) => /** @type {HTMLElement} */ (entry),
    );
  }

  /**
   * What follows the last notification: more, try again, loading, or nothing.
   * @param {boolean} empty
   * @returns {Child}
   */
  #footer(empty) {
    const { notificationsCursor: next } = state();
    if (next)
      return button(t('notifications.more'), () => attempt(client().notifications.loadMore()), {
        class: 'wide',
      });
    if (next === undefined && this.#hasFailed)
      return button(t('message.retry'), () => this.load(), { class: 'wide', key: 'retry' });
    if (next === undefined)
      return h('p', { class: 'secondary', role: 'status', key: 'loading' }, t('timeline.loading'));
    return empty && emptyState();
  }

  /** @param {NotificationItem} item */
  #row(item) {
    const { id, at, by, excerpt, kind, read } = item;
    const head = state().conversations.get(item.conversation ?? '')?.head;
    const conversationTitle = head ? titleOf(head) : t('conversation.untitled');
    const time = Date.parse(at);
    return h(
      'li',
      { key: id, class: 'notification-row' },
      h(
        'button',
        {
          type: 'button',
          class: `entry notification${read ? '' : ' unread'}`,
          on: { click: () => this.#open(item) },
        },
        h('span', { class: 'notification-icon' }, icon(by ? 'at' : 'group')),
        h(
          'span',
          { class: 'entry-top' },
          !read && h('span', { class: 'visually-hidden' }, t('notifications.unread')),
          isolatedText(summary(item, conversationTitle), 'entry-title'),
        ),
        h(
          'span',
          { class: 'entry-bottom' },
          h('span', { class: 'entry-preview', dir: 'auto' }, excerpt || t(placeholderKey(kind))),
          h(
            'time',
            { class: 'entry-time', datetime: at, title: formatDateTime(time) },
            formatRelativeTime(time, Date.now() + client().api.clockSkew),
          ),
        ),
      ),
      !read &&
        iconButton('check', t('notifications.read'), () => this.#markRead(id), {
          class: 'notification-read',
        }),
    );
  }

  /** Mark one as read. Its button disappears, so the focus moves to the item. @param {string} id */
  #markRead(id) {
    const entry = document.activeElement
      ?.closest('.notification-row')
      ?.querySelector('.notification');
    client().notifications.markRead([id]);
    /** @type {HTMLElement | null | undefined} */ (entry)?.focus();
  }

  /**
   * Open the message of a notification.
   * @param {NotificationItem} item
   */
  #open({ id, conversation, kind, seq }) {
    client().notifications.markRead([id]);
    if (kind === 'removed' || !conversation) return;
    this.close();
    navigate(conversation, seq);
  }
}

/** Shown if there are no notifications. */
const emptyState = () =>
  h(
    'div',
    { class: 'empty', key: 'empty' },
    h('span', { class: 'notification-icon' }, icon('bell')),
    h('p', { class: 'empty-title' }, t('notifications.none')),
    h('p', null, t('notifications.none-text')),
  );

/** The text for a notification without an excerpt. @param {string} kind */
const placeholderKey = (kind) =>
  kind === 'removed' ? 'notifications.removed-hint' : 'notifications.joined-hint';

/**
 * @param {NotificationItem} item
 * @param {string} conversationTitle
 */
function summary({ kind, by }, conversationTitle) {
  switch (kind) {
    case 'joined':
      return t('notifications.joined', { conversation: conversationTitle });
    case 'removed':
      return t('notifications.removed', { conversation: conversationTitle });
    case 'mention':
      return t('notifications.mention', {
        name: nameOf(by ?? ''),
        conversation: conversationTitle,
      });
    default:
      return conversationTitle;
  }
}

customElements.define('notifications-dialog', NotificationsDialog);

/** Open the notification centre. */
export function openNotifications() {
  const dialog = new NotificationsDialog();
  const closed = openDialog(dialog);
  if (state().notificationsCursor === undefined) dialog.load();
  return closed;
}
