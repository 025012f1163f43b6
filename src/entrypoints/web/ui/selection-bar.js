/** The bar that takes the place of the composer while messages are selected. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { state } from './context.js';
import { openForward } from './dialogs/forward.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { canRecall, hideMessages, recallMessages } from './message-removing.js';
import { copyMessages, selectedMessages } from './message-selecting.js';
import { clearSelection } from './selection.js';
import { iconButton } from './widgets.js';
import { h } from './vdom.js';

/** @import {IconName} from './icons.js' */

/**
 * A button with an icon, and its label where there is room.
 * @param {IconName} name
 * @param {string} label
 * @param {() => void} action
 */
const barButton = (name, label, action, disabled = false) =>
  h(
    'button',
    {
      type: 'button',
      class: 'selection-action',
      key: name,
      disabled,
      title: label,
      on: { click: action },
    },
    icon(name),
    h('span', null, label),
  );

/** @param {string} id of the conversation */
export function selectionBar(id) {
  const messages = selectedMessages(id);
  const forwardable = messages.filter(({ recalled }) => !recalled);
  const isSupported = state().level >= MESSAGE_LIFE_LEVEL;
  const label = t('selection.count', { count: messages.length });
  return h(
    'div',
    { class: 'selection-bar', key: 'selection', role: 'toolbar', 'aria-label': label },
    iconButton('close', t('selection.end'), () => void clearSelection()),
    h('span', { class: 'selection-count', role: 'status' }, label),
    isSupported &&
      barButton(
        'forward',
        t('message.forward'),
        () => openForward(forwardable),
        !forwardable.length,
      ),
    barButton('copy', t('selection.copy'), () => void copyMessages(messages), !forwardable.length),
    isSupported &&
      barButton('trash', t('message.hide'), () => void hideMessages(messages), !messages.length),
    isSupported &&
      messages.length > 0 &&
      messages.every(canRecall) &&
      barButton('recall', t('message.recall'), () => void recallMessages(messages)),
  );
}
