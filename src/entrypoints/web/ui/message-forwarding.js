/** The action that forwards a message. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { state } from './context.js';
import { openForward } from './dialogs/forward.js';
import { t } from './i18n.js';

/** @import {MessageAction} from './message-action-types.js' */

/** @type {MessageAction} */
export const FORWARD = {
  id: 'forward',
  icon: 'forward',
  key: 'f',
  inBar: true,
  label: ({ recalled }) =>
    state().level >= MESSAGE_LIFE_LEVEL && !recalled ? t('message.forward') : null,
  run: (message) => void openForward([message]),
};
