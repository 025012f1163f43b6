/** The quote of a message: in its replies, and above the composer. */

import { quotedMessage } from '../client/store/quotes.js';
import { t } from './i18n.js';
import { authorName, messageExcerpt } from './message-excerpt.js';
import { hashFor } from './router.js';
import { hue, isolatedText } from './widgets.js';
import { h } from './vdom.js';

/** @import {Conversation, LoggedMessage} from '../client/types.js' */

/**
 * The message that a reply is about, as a link to it.
 * @param {Conversation} conversation
 * @param {number} seq
 */
export function quoteBlock(conversation, seq) {
  const message = quotedMessage(conversation, seq);
  const props = { class: `quote ${message ? `hue-text-${hue(message.by)}` : ''}`, key: 'quote' };
  if (!message || message.recalled) return h('p', props, ...quoteLines(message));
  return h(
    'a',
    {
      ...props,
      href: hashFor(conversation.head.conversation, seq),
    },
    h('span', { class: 'visually-hidden' }, t('quote.label')),
    ...quoteLines(message),
  );
}

/**
 * The author and a line of a message that is quoted.
 * @param {LoggedMessage | null | undefined} message null: it is gone; undefined: not loaded yet
 */
export function quoteLines(message) {
  if (!message)
    return [
      h('span', { class: 'quote-text' }, t(message === null ? 'quote.gone' : 'timeline.loading')),
    ];
  return [
    !message.recalled &&
      h(
        'span',
        { class: `quote-author hue-text-${hue(message.by)}` },
        isolatedText(authorName(message.by)),
      ),
    h('span', { class: 'quote-text', dir: 'auto' }, messageExcerpt(message)),
  ];
}
