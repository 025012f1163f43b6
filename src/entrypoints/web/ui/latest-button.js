/**
 * The button that scrolls to the newest message, with the number of unread messages. It stands below
 * the messages and not above them, so that it never covers a text.
 */

import { t } from './i18n.js';
import { icon } from './icons.js';
import { h } from './vdom.js';

/**
 * @param {number} unread
 * @param {boolean} isShown
 * @param {() => void} onClick
 */
export const latestButton = (unread, isShown, onClick) =>
  h(
    'button',
    {
      type: 'button',
      key: 'latest',
      class: `scroll-to-latest${isShown ? '' : ' hidden'}${unread ? ' new' : ''}`,
      on: { click: onClick },
    },
    icon('down'),
    h('span', null, unread ? t('timeline.new-below', { count: unread }) : t('timeline.latest')),
  );
