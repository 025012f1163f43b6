/** Says to screen readers what others do with the messages of the open conversation, each once. */

import { indexOfSeq } from '../client/store/log-run.js';
import { client } from './context.js';
import { formatList, t } from './i18n.js';
import { announce } from './live-region.js';
import { messageExcerpt } from './message-excerpt.js';
import { recalledText } from './recalled.js';
import { route } from './router.js';
import { nameOf } from './widgets.js';

/** @import {ConversationEvent, LoggedMessage, State} from '../client/types.js' */

/** Start to announce. */
export function startAnnouncingChanges() {
  client().subscribe((state, frame) => {
    if (frame.type !== 'event' || frame.conversation !== route().conversation) return;
    const text = announcementOf(state, /** @type {any} */ (frame));
    if (text) announce(text);
  });
}

/**
 * @param {State} state
 * @param {ConversationEvent} event
 * @returns {string | null}
 */
export function announcementOf(state, { kind, by, at, conversation, data }) {
  const { messages = [] } = state.conversations.get(conversation)?.log ?? {};
  const message = messages[indexOfSeq(messages, data.seq)];
  if (by === state.me?.id || !message || message.hidden) return null;
  if (kind === 'message.recalled') return recalledText({ ...message, recalled: { by, at } });
  if (message.recalled) return null;
  const name = nameOf(by);
  if (kind === 'message.edited')
    return t('edited.announcement', { name, text: messageExcerpt(message) });
  const isOwn = message.by === state.me?.id;
  if (kind === 'reaction.set')
    return isOwn && data.on ? t('reactions.announced', { name, emoji: data.emoji }) : null;
  if (kind === 'pin.set')
    return t(data.on ? 'pins.announced' : 'pins.announced-off', {
      name,
      text: messageExcerpt(message),
    });
  return kind === 'poll.voted' ? voteText(message, name, data.options, isOwn) : null;
}

/**
 * @param {LoggedMessage} message
 * @param {string} name
 * @param {number[] | undefined} chosen in a public poll
 * @param {boolean} isOwn
 */
function voteText({ body }, name, chosen, isOwn) {
  const question = String(body.question ?? '');
  if (!chosen?.length) return isOwn ? t('poll.announced', { name, question }) : null;
  const options = formatList(chosen.map((index) => String(body.options?.[index] ?? '')));
  return t('poll.announced-choice', { name, options });
}
