/** What stands in place of a message that was recalled, or will be unless the user undoes it. */

import { client, state } from './context.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { nameOf } from './widgets.js';
import { attempt } from './toasts.js';
import { h } from './vdom.js';

/** @import {LoggedMessage, QueuedRequest} from '../client/types.js' */

/** Who recalled a message. @param {LoggedMessage} message @returns {string} */
export function recalledText({ by, recalled }) {
  const who = recalled?.by ?? by;
  if (who === state().me?.id) return t('recalled.you');
  if (who === by) return t('recalled.sender', { name: nameOf(who) });
  return t('recalled.admin', { name: nameOf(who), author: nameOf(by) });
}

/** @param {LoggedMessage} message */
export const recalledNote = (message) =>
  h(
    'p',
    { class: 'recalled-note', key: 'recalled' },
    icon('recall'),
    h('span', null, recalledText(message)),
  );

/**
 * A recall that waits: it can be undone until it is sent.
 * @param {QueuedRequest} entry
 * @param {number} now milliseconds since 1970
 */
export const waitingRecall = ({ key, notBefore }, now) =>
  h(
    'p',
    { class: 'recalled-note', key: 'recalling' },
    icon('recall'),
    h('span', null, t('recalled.waiting')),
    notBefore > now &&
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          on: { click: () => attempt(client().outbox.discard(key)) },
        },
        t('recalled.undo'),
      ),
  );
