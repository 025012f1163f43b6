/** The buttons beside the field of a composer: other things to send, and emoji. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { state } from './context.js';
import { openNewPoll } from './dialogs/new-poll.js';
import { openEmojiPicker } from './emoji-picker.js';
import { rememberEmoji } from './emoji-usage.js';
import { t } from './i18n.js';
import { openMenu } from './menu.js';
import { iconButton } from './widgets.js';

/**
 * @param {string} conversation
 * @param {(emoji: string) => void} onEmoji
 */
export const composerTools = (conversation, onEmoji) => [
  moreButton(conversation),
  iconButton(
    'smile',
    t('composer.emoji'),
    (event) =>
      openEmojiPicker({
        anchor: /** @type {HTMLElement} */ (event.currentTarget),
        onPick(emoji) {
          rememberEmoji(emoji);
          onEmoji(emoji);
        },
      }),
    { key: 'emoji', 'aria-haspopup': 'dialog' },
  ),
];

/** @param {string} conversation */
function moreButton(conversation) {
  if (state().level < MESSAGE_LIFE_LEVEL || !state().conversations.has(conversation)) return null;
  return iconButton(
    'plus',
    t('composer.more'),
    (event) =>
      openMenu(/** @type {HTMLElement} */ (event.currentTarget), [
        { icon: 'poll', label: t('poll.new'), action: () => openNewPoll(conversation) },
      ]),
    { key: 'more', 'aria-haspopup': 'menu' },
  );
}
