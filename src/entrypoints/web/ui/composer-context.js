/** The strip above the composer: the message that is answered or edited, and how to leave. */

import { quotedMessage } from '../client/store/quotes.js';
import { conversationOf } from '../client/store/unstarted.js';
import { composing } from './composing.js';
import { state } from './context.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { authorName, messageExcerpt } from './message-excerpt.js';
import { iconButton, isolatedText } from './widgets.js';
import { h } from './vdom.js';

/**
 * @param {string} id of the conversation
 * @param {() => void} onLeave
 */
export function composerContext(id, onLeave) {
  const about = composing(id);
  const conversation = about && conversationOf(state(), id);
  if (!conversation) return null;
  const message = quotedMessage(conversation, about.seq);
  const isReply = about.kind === 'reply';
  const title =
    isReply && message
      ? t('composer.replying', { name: authorName(message.by) })
      : t(isReply ? 'message.reply' : 'composer.editing');
  return h(
    'div',
    { class: 'composer-context', key: 'context', role: 'group', 'aria-label': title },
    icon(isReply ? 'reply' : 'edit'),
    h(
      'span',
      { class: 'composer-context-text' },
      h('span', { class: 'composer-context-title' }, isolatedText(title)),
      h('span', { class: 'quote-text', dir: 'auto' }, message ? messageExcerpt(message) : '…'),
    ),
    iconButton('close', t(isReply ? 'composer.no-reply' : 'composer.no-edit'), onLeave),
  );
}
