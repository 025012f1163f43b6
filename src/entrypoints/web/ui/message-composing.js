/** Replies and edits: the actions that begin them, and sending what was written. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { requestFor } from '../client/store/requests.js';
import { client, state } from './context.js';
import { composing, startEdit, startReply, stopComposing } from './composing.js';
import { t } from './i18n.js';
import { attempt } from './toasts.js';

/** @import {LoggedMessage} from '../client/types.js' */
/** @import {Edit} from './composing.js' */
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
    editMessage(message);
    focusComposer();
  },
};

/** An edit that waits is edited further. @param {LoggedMessage} message */
function editMessage(message) {
  const waiting = requestFor(state(), message, 'message.edit');
  const { request, present } = waiting ?? {};
  startEdit({
    ...message,
    body: request?.body ?? message.body,
    revision: present?.revision ?? request?.revision ?? message.revision,
  });
}

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
  if (message) editMessage(message);
  return message !== undefined;
}

/**
 * Send what stands in a composer.
 * @param {string} conversation
 * @param {string[]} texts several if it is too long for one message
 */
export function sendTexts(conversation, texts) {
  const about = composing(conversation);
  if (about?.kind === 'edit') sendEdit(conversation, about, texts[0]);
  else sendMessages(conversation, texts, about?.seq);
  stopComposing(conversation);
}

/** @param {string} conversation @param {string[]} texts @param {number} [replyTo] seq */
function sendMessages(conversation, texts, replyTo) {
  for (const [index, text] of texts.entries()) {
    const reply_to = index ? undefined : replyTo;
    attempt(client().outbox.send({ conversation, body: { text }, reply_to }));
  }
}

/**
 * An edit that changes nothing is not sent.
 * @param {string} conversation
 * @param {Edit} edit
 * @param {string} text
 */
function sendEdit(conversation, { seq, revision, before }, text) {
  if (text === before) return;
  const request = { type: /** @type {const} */ ('message.edit'), seq, revision, body: { text } };
  attempt(client().outbox.request(conversation, request));
}
