/** Replies and edits: the actions that begin them, and sending what was written. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { client, state } from './context.js';
import { composing, startEdit, startReply, stopComposing } from './composing.js';
import { t } from './i18n.js';
import { attempt } from './toasts.js';

/** @import {LoggedMessage} from '../client/types.js' */
/** @import {MessageAction} from './message-action-types.js' */

/** Whether this user may write in a conversation. @param {string} id */
const canWrite = (id) => state().conversations.get(id)?.left === false;

const focusComposer = () =>
  /** @type {any} */ (document.querySelector('message-composer'))?.focusInput();

/** @type {MessageAction} */
export const REPLY = {
  id: 'reply',
  icon: 'reply',
  key: 'r',
  inBar: true,
  label: ({ conversation, recalled }) =>
    canWrite(conversation) && !recalled ? t('message.reply') : null,
  run(message) {
    startReply(message);
    focusComposer();
  },
};

/** @type {MessageAction} */
export const EDIT = {
  id: 'edit',
  icon: 'edit',
  key: 'e',
  inBar: true,
  label: (message) => (canEdit(message) ? t('message.edit') : null),
  run(message) {
    startEdit(message);
    focusComposer();
  },
};

/** Whether this user may edit a message, as far as the page knows. @param {LoggedMessage} message */
function canEdit({ by, kind, recalled, conversation }) {
  const isOwn = by === state().me?.id && canWrite(conversation);
  return isOwn && kind === 'text' && !recalled && state().level >= MESSAGE_LIFE_LEVEL;
}

/**
 * Edit the last own message of a conversation.
 * @param {string} id
 * @returns {boolean} whether there is one
 */
export function editLast(id) {
  const message = state().conversations.get(id)?.log.messages.findLast(canEdit);
  if (message) startEdit(message);
  return message !== undefined;
}

/**
 * Send what stands in a composer.
 * @param {string} conversation
 * @param {string[]} texts several if it is too long for one message
 */
export function sendTexts(conversation, texts) {
  const about = composing(conversation);
  for (const [index, text] of texts.entries()) {
    const reply_to = index ? undefined : about?.seq;
    attempt(client().outbox.send({ conversation, body: { text }, reply_to }));
  }
  stopComposing(conversation);
}
