/**
 * What can be done with a message: one list for the bar beside a message, its menu, and the keys on
 * a focused message.
 */

import { isRecalling } from '../client/store/requests.js';
import { seenBy } from '../client/store/selectors.js';
import { state } from './context.js';
import { copyText } from './copying.js';
import { openSeenBy } from './dialogs/seen-by.js';
import { t } from './i18n.js';
import { EDIT, REPLY } from './message-composing.js';
import { FORWARD } from './message-forwarding.js';
import { REACT, WHO_REACTED } from './message-reacting.js';
import { HIDE, RECALL, UNDO_RECALL } from './message-removing.js';
import { SELECT } from './message-selecting.js';
import { PIN } from './pins.js';
import { permalink } from './router.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/** @import {MessageAction} from './message-action-types.js' */

/** @type {MessageAction} */
const COPY = {
  id: 'copy',
  icon: 'copy',
  key: 'c',
  label: ({ body }) => (body.text ? t('message.copy') : null),
  run: ({ body }) => copyText(String(body.text), t('message.copied')),
};

/** @type {MessageAction} */
const COPY_LINK = {
  id: 'copy-link',
  icon: 'link',
  key: 'l',
  label: () => t('message.copy-link'),
  run: ({ conversation, seq }) => copyText(permalink(conversation, seq), t('message.link-copied')),
};

/** For an own message in a group whose members' marks are known. @type {MessageAction} */
const SEEN_BY = {
  id: 'seen-by',
  icon: 'double',
  label(message) {
    const conversation = state().conversations.get(message.conversation);
    if (conversation?.head.kind !== 'group' || message.by !== state().me?.id) return null;
    const { read, total } = seenBy(conversation, message);
    return total ? t('message.seen-by', { seen: read.length, count: total }) : null;
  },
  run: (message) => void openSeenBy(message),
};

/** In the order of the menu. @type {readonly MessageAction[]} */
export const MESSAGE_ACTIONS = [
  REPLY,
  EDIT,
  FORWARD,
  PIN,
  COPY,
  COPY_LINK,
  SELECT,
  WHO_REACTED,
  SEEN_BY,
  HIDE,
  RECALL,
  REACT,
];

/** The actions on a message that is not sent yet. @type {readonly MessageAction[]} */
const UNSENT_ACTIONS = [COPY];

/**
 * The actions that are offered on a message, with their labels.
 * @param {LoggedMessage | OutboxEntry} message
 * @returns {{action: MessageAction, label: string}[]}
 */
export function offeredActions(message) {
  const logged = /** @type {LoggedMessage} */ (message);
  const all = actionsOn(message);
  return all.flatMap((action) => {
    const label = action.label(logged);
    return label === null ? [] : [{ action, label }];
  });
}

/** @param {LoggedMessage | OutboxEntry} message @returns {readonly MessageAction[]} */
function actionsOn(message) {
  if (!('seq' in message)) return UNSENT_ACTIONS;
  return isRecalling(state(), message) ? [UNDO_RECALL] : MESSAGE_ACTIONS;
}
