/** The groups of the emoji picker, as a row of buttons that the arrow keys move along. */

import { t } from './i18n.js';
import { h, render } from './vdom.js';

/** @import {GroupId} from './emoji-data.js' */

/** @type {Record<GroupId | 'used', string>} */
const ICONS = {
  used: '🕘',
  smileys: '😀',
  people: '👋',
  nature: '🐻',
  food: '🍔',
  travel: '🚗',
  activities: '⚽',
  objects: '💡',
  symbols: '🔣',
  flags: '🏁',
};

/**
 * Show the groups; the current one can be reached with Tab.
 * @param {HTMLElement} bar
 * @param {(GroupId | 'used')[]} groups
 * @param {string} current
 * @param {(group: string) => void} onChoose
 */
export function renderGroupBar(bar, groups, current, onChoose) {
  render(
    bar,
    groups.map((group) =>
      h(
        'button',
        {
          type: 'button',
          key: group,
          tabindex: group === current ? '0' : '-1',
          'aria-label': t(`emoji.group-${group}`),
          'aria-current': group === current ? 'true' : null,
          title: t(`emoji.group-${group}`),
          on: { click: () => onChoose(group) },
        },
        ICONS[group],
      ),
    ),
  );
}

/**
 * Move the focus along a row of buttons.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} row
 * @returns {boolean} whether the key was one of those that do
 */
export function moveAlong(event, row) {
  const all = [...row.querySelectorAll('button')];
  const current = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  const target = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: -1 }[event.key];
  if (target === undefined) return false;
  all.at(target % all.length)?.focus();
  event.preventDefault();
  return true;
}
