/** Reactions: the actions on a message. */

import { openReactions } from './dialogs/reactions.js';
import { t } from './i18n.js';
import { canReact, pickReaction } from './reactions.js';

/** @import {MessageAction} from './message-action-types.js' */

/** @type {MessageAction} */
export const REACT = {
  id: 'react',
  icon: 'smile',
  key: '+',
  onlyKey: true,
  label: (message) => (canReact(message) ? t('reactions.react') : null),
  run: pickReaction,
};

/** @type {MessageAction} */
export const WHO_REACTED = {
  id: 'who-reacted',
  icon: 'smile',
  label: ({ reactions = [] }) => (reactions.length ? t('reactions.who') : null),
  run: (message) => void openReactions(message),
};
