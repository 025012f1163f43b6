/** What is shown below a message that could not be sent, or whose edit could not. */

import { client } from './context.js';
import { errorCodeText } from './error-text.js';
import { t } from './i18n.js';
import { messageExcerpt } from './message-excerpt.js';
import { attempt } from './toasts.js';
import { h } from './vdom.js';

/** @import {OutboxEntry, QueuedRequest} from '../client/types.js' */
/** @import {Child} from './vdom.js' */

/**
 * @param {string} label
 * @param {() => Promise<unknown>} action
 */
const linkButton = (label, action) =>
  h(
    'button',
    { type: 'button', class: 'link', key: label, on: { click: () => attempt(action()) } },
    label,
  );

/** @param {string} label @param {...Child} content */
const box = (label, ...content) =>
  h(
    'div',
    { class: 'failed-actions', key: 'failed', role: 'group', 'aria-label': label },
    content,
  );

/**
 * The error of a failed message, with the actions to retry and to delete it.
 * @param {OutboxEntry} entry
 */
export function failedActions({ key, error = '' }) {
  const { outbox } = client();
  return box(
    t('status.failed'),
    h('span', null, errorCodeText(error)),
    linkButton(t('message.retry'), () => outbox.retry(key)),
    linkButton(t('message.discard'), () => outbox.discard(key)),
  );
}

/**
 * An edit that was refused. If the message was changed meanwhile, its present text is shown, and the
 * user decides which one stays.
 * @param {QueuedRequest} entry
 */
export function failedEdit({ key, error = '', present }) {
  const { outbox } = client();
  if (!present)
    return box(
      t('edit.failed'),
      h('span', null, t('edit.failed'), ' ', errorCodeText(error)),
      linkButton(t('message.retry'), () => outbox.retry(key)),
      linkButton(t('edit.drop'), () => outbox.discard(key)),
    );
  return box(
    t('edit.conflict'),
    h('span', null, t('edit.conflict')),
    h('q', { class: 'edit-present' }, messageExcerpt(present)),
    linkButton(t('edit.keep-mine'), () => outbox.retry(key)),
    linkButton(t('edit.keep-theirs'), () => outbox.discard(key)),
  );
}
