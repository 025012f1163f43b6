/**
 * Says when a recall, a deletion or a forward was refused, and drops it. A refused edit stays with
 * its message, as somebody wrote it.
 */

import { client } from './context.js';
import { errorCodeText } from './error-text.js';
import { t } from './i18n.js';
import { attempt, toast } from './toasts.js';
import { titleOf } from './widgets.js';

/** @import {QueuedRequest, State} from '../client/types.js' */

/** @param {State} state @param {QueuedRequest} entry */
function failureText({ conversations }, { conversation, request: { type } }) {
  if (type === 'message.recall') return t('recall.failed');
  if (type !== 'message.forward') return t('hide.failed');
  const head = conversations.get(conversation)?.head;
  return t('forward.failed', { name: head ? titleOf(head) : '…' });
}

/** Start to watch the outbox. */
export function startReportingFailures() {
  client().subscribe((state, _frame, before) => {
    if (state.requests === before.requests) return;
    for (const entry of state.requests) {
      if (entry.status !== 'failed' || entry.request.type === 'message.edit') continue;
      toast(`${failureText(state, entry)} ${errorCodeText(entry.error ?? '')}`, 'error');
      attempt(client().outbox.discard(entry.key));
    }
  });
}
