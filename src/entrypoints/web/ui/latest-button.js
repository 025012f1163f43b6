/** The button that scrolls to the newest message, with the number of unread messages. */

import { formatBadge, t } from './i18n.js';
import { icon } from './icons.js';
import { h } from './vdom.js';

/**
 * @param {number} unread
 * @param {boolean} isShown
 * @param {() => void} onClick
 */
export function latestButton(unread, isShown, onClick) {
  const label = unread ? t('timeline.new-below', { count: unread }) : t('timeline.latest');
  return h(
    'button',
    {
      type: 'button',
      key: 'latest',
      class: `scroll-to-latest${isShown ? '' : ' hidden'}`,
      'aria-label': label,
      title: label,
      tabindex: isShown ? '0' : '-1',
      'aria-hidden': isShown ? null : 'true',
      on: { click: onClick },
    },
    icon('down'),
    unread > 0 && h('span', { class: 'badge' }, formatBadge(unread)),
  );
}
