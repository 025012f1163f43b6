/** The messages that are selected, all of one conversation. */

import { t } from './i18n.js';
import { icon } from './icons.js';
import { updateAll } from './render-queue.js';
import { toast } from './toasts.js';
import { h } from './vdom.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/** @typedef {{conversation: string, seqs: ReadonlySet<number>}} Selection */

/** As many can be forwarded or deleted at once. */
const MAX_SELECTED = 100;
/** @type {Selection} */
const NOTHING = { conversation: '', seqs: new Set() };

/** Never changed in place. */
let current = NOTHING;

/** @param {Selection} next */
function setSelection(next) {
  current = next;
  updateAll();
}

/** The selected seqs of a conversation. @param {string} conversation */
export const selectedSeqs = (conversation) =>
  current.conversation === conversation ? current.seqs : NOTHING.seqs;

/** Whether messages of a conversation are being selected. @param {string} conversation */
export const isSelecting = (conversation) => selectedSeqs(conversation).size > 0;

/** @param {LoggedMessage | OutboxEntry} message */
export const isSelected = (message) =>
  'seq' in message && selectedSeqs(message.conversation).has(message.seq);

/** Select a message, or no longer. @param {LoggedMessage} message */
export function toggleSelected(message) {
  const { conversation, seq } = message;
  const seqs = new Set(selectedSeqs(conversation));
  if (!seqs.delete(seq)) seqs.add(seq);
  if (seqs.size > MAX_SELECTED) toast(t('selection.full', { count: MAX_SELECTED }), 'error');
  else setSelection(seqs.size ? { conversation, seqs } : NOTHING);
}

/** Select nothing any more. @returns {boolean} whether something was selected */
export function clearSelection() {
  const hadAny = current.seqs.size > 0;
  if (hadAny) setSelection(NOTHING);
  return hadAny;
}

/** The mark at the edge of a row. @param {LoggedMessage | OutboxEntry} message */
export const selectionMark = (message) =>
  h(
    'span',
    { class: 'selection-mark', key: 'selection' },
    isSelected(message) && [
      icon('check'),
      h('span', { class: 'visually-hidden' }, t('selection.selected')),
    ],
  );
