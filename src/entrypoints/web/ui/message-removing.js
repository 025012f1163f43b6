/** Recalls messages for everybody, and deletes them for this user. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { requestFor } from '../client/store/requests.js';
import { client, state } from './context.js';
import { confirmAction } from './dialogs/dialog.js';
import { t } from './i18n.js';
import { clearSelection } from './selection.js';
import { attempt, toast } from './toasts.js';

/** @import {LoggedMessage} from '../client/types.js' */
/** @import {MessageAction} from './message-action-types.js' */

/** How long a recall can be undone before it is sent. */
export const UNDO_MS = 10_000;
/** As many can be deleted with one request. */
const MAX_HIDDEN = 100;

/** Whether this user may recall a message, as far as the page knows. @param {LoggedMessage} message */
export function canRecall(message) {
  const conversation = state().conversations.get(message.conversation);
  if (!conversation || conversation.left || message.recalled) return false;
  if (state().level < MESSAGE_LIFE_LEVEL) return false;
  const { kind, role } = conversation.head;
  const isAdmin = kind === 'group' && (role === 'owner' || role === 'admin');
  return message.by === state().me?.id || isAdmin;
}

/**
 * Recall messages, after a confirmation; for some seconds it can be undone.
 * @param {LoggedMessage[]} messages of one conversation
 */
export async function recallMessages(messages) {
  const count = messages.length;
  const seconds = UNDO_MS / 1_000;
  const isSure = await confirmAction({
    title: t('recall.title', { count }),
    text: t('recall.sure', { count, seconds }),
    action: t('message.recall'),
    danger: true,
  });
  if (!isSure) return;
  clearSelection();
  const { outbox } = client();
  for (const { conversation, seq } of messages)
    attempt(outbox.request(conversation, { type: 'message.recall', seq }, UNDO_MS));
  toast(t('recall.waiting', { count, seconds }));
}

/**
 * Delete messages for this user, after a confirmation. Others keep them.
 * @param {LoggedMessage[]} messages of one conversation
 */
export async function hideMessages(messages) {
  const count = messages.length;
  const isSure = await confirmAction({
    title: t('hide.title', { count }),
    text: t('hide.sure', { count }),
    action: t('message.hide'),
    danger: true,
  });
  if (!isSure) return;
  clearSelection();
  const [{ conversation }] = messages;
  const seqs = messages.map(({ seq }) => seq);
  for (let start = 0; start < seqs.length; start += MAX_HIDDEN) {
    const part = seqs.slice(start, start + MAX_HIDDEN);
    attempt(client().outbox.request(conversation, { type: 'message.hide', seqs: part }));
  }
  toast(t('hide.done', { count }));
}

/** The only action on a message that is being recalled. @type {MessageAction} */
export const UNDO_RECALL = {
  id: 'undo',
  icon: 'undo',
  label(message) {
    const recall = requestFor(state(), message, 'message.recall');
    return recall && recall.notBefore > Date.now() ? t('recalled.undo') : null;
  },
  run(message) {
    const recall = requestFor(state(), message, 'message.recall');
    if (recall) attempt(client().outbox.discard(recall.key));
  },
};

/** @type {MessageAction} */
export const RECALL = {
  id: 'recall',
  icon: 'recall',
  danger: true,
  label: (message) => (canRecall(message) ? t('message.recall') : null),
  run: (message) => void recallMessages([message]),
};

/** @type {MessageAction} */
export const HIDE = {
  id: 'hide',
  icon: 'trash',
  key: 'Delete',
  danger: true,
  label: () => (state().level >= MESSAGE_LIFE_LEVEL ? t('message.hide') : null),
  run: (message) => void hideMessages([message]),
};
