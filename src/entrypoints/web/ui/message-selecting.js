/** Selecting several messages, and what can be done with all of them. */

import { shownLog } from '../client/store/selectors.js';
import { shownText } from '../client/store/shown-text.js';
import { state } from './context.js';
import { copyText } from './copying.js';
import { formatDateTime, t } from './i18n.js';
import { authorName } from './message-excerpt.js';
import { clearSelection, selectedSeqs, toggleSelected } from './selection.js';

/** @import {LoggedMessage} from '../client/types.js' */
/** @import {MessageAction} from './message-action-types.js' */

/** @type {MessageAction} */
export const SELECT = {
  id: 'select',
  icon: 'select',
  key: 'x',
  label: () => t('message.select'),
  run: toggleSelected,
};

/**
 * The selected messages that are still there, oldest first.
 * @param {string} id of the conversation
 * @returns {LoggedMessage[]}
 */
export function selectedMessages(id) {
  const seqs = selectedSeqs(id);
  const conversation = state().conversations.get(id);
  const messages = conversation && seqs.size ? shownLog(conversation).messages : [];
  return messages.filter(({ seq, hidden }) => seqs.has(seq) && !hidden);
}

/**
 * Copy messages as text, each with its author and time.
 * @param {LoggedMessage[]} messages
 */
export async function copyMessages(messages) {
  const parts = messages
    .filter(({ recalled }) => !recalled)
    .map(
      ({ by, time, kind, body }) =>
        `${authorName(by)}, ${formatDateTime(time)}\n${shownText(kind, body)}`,
    );
  await copyText(parts.join('\n\n'), t('message.copied'));
  clearSelection();
}
