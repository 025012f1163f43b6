/** The button that leads back to the newest message, with the number of those that wait there. */

import { badge, t } from './i18n.js';
import { icon } from './icons.js';
import { h } from './view.js';

/**
 * @param {number} unread
 * @param {boolean} shown
 * @param {() => void} deed
 */
export function latestButton(unread, shown, deed) {
  const label = unread ? t('timeline.new-below', { count: unread }) : t('timeline.latest');
  return h(
    'button',
    {
      type: 'button',
      key: 'latest',
      class: `latest${shown ? '' : ' hidden'}`,
      'aria-label': label,
      title: label,
      tabindex: shown ? '0' : '-1',
      'aria-hidden': shown ? null : 'true',
      on: { click: deed },
    },
    icon('down'),
    unread > 0 && h('span', { class: 'badge' }, badge(unread)),
  );
}
