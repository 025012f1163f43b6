/** The menu of a message, and the bar that appears beside it on hover and on focus. */

import { t } from './i18n.js';
import { openMenu } from './menu.js';
import { offeredActions } from './message-actions.js';
import { canReact, quickReactionBar } from './reactions.js';
import { iconButton } from './widgets.js';
import { h, render } from './vdom.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */

const RENDER_ONCE = [0];

/**
 * Open the menu of a message.
 * @param {HTMLElement} anchor
 * @param {LoggedMessage | OutboxEntry} message
 */
export function openMessageMenu(anchor, message) {
  openMenu(
    anchor,
    offeredActions(message).map(
      ({ action: { icon, danger, run, onlyKey }, label }) =>
        !onlyKey && {
          icon,
          label,
          danger,
          action: () => run(/** @type {LoggedMessage} */ (message), anchor),
        },
    ),
    canReact(message) ? quickReactionBar(message, anchor) : null,
  );
}

/**
 * The button of the menu, and the place of the bar. The bar is empty until `showBar`.
 * @param {LoggedMessage | OutboxEntry} message
 */
export const rowActions = (message) =>
  h(
    'div',
    { class: 'row-actions' },
    h('div', { class: 'message-bar', memo: RENDER_ONCE }),
    iconButton(
      'more',
      t('message.more'),
      (event) => openMessageMenu(/** @type {HTMLElement} */ (event.currentTarget), message),
      { 'aria-haspopup': 'menu', tabindex: '-1' },
    ),
  );

/**
 * Fill the bar of a message with its buttons. Only the bar in use has any: a hundred rows with five
 * buttons each would be slow to render and tedious to listen to.
 * @param {Element} row
 * @param {LoggedMessage | OutboxEntry} message
 */
export function showBar(row, message) {
  const bar = row.querySelector('.message-bar');
  if (!bar) return;
  render(
    bar,
    canReact(message) && quickReactionBar(message),
    offeredActions(message)
      .filter(({ action }) => action.inBar)
      .map(({ action: { id, icon, run }, label }) =>
        iconButton(
          icon,
          label,
          (event) =>
            run(
              /** @type {LoggedMessage} */ (message),
              /** @type {HTMLElement} */ (event.currentTarget),
            ),
          { key: id, tabindex: '-1' },
        ),
      ),
  );
  placeBar(row, /** @type {HTMLElement} */ (bar));
}

/** Space in pixels that stays free beside a bar. */
const MARGIN = 8;

/**
 * Place the bar beside the menu of the message; where there is no room, over its upper edge. Beside
 * it does not cover the neighbours, which somebody may want to point at.
 * @param {Element} row
 * @param {HTMLElement} bar
 */
function placeBar(row, bar) {
  const bubble = row.querySelector('.bubble')?.getBoundingClientRect();
  const actions = bar.parentElement?.getBoundingClientRect();
  if (!bubble || !actions) return;
  const { left: start, right: end, top } = row.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = bar;
  const isOwn = row.classList.contains('own');
  const beside = isOwn ? actions.left - width : actions.right;
  const fits = isOwn ? beside >= start + MARGIN : beside + width <= end - MARGIN;
  const over = isOwn
    ? Math.min(actions.left, bubble.right - width)
    : Math.max(actions.right - width, bubble.left);
  const middle = (actions.top + actions.bottom - height) / 2;
  bar.style.setProperty('left', `${(fits ? beside : over) - start}px`);
  bar.style.setProperty('top', `${(fits ? middle : bubble.top + MARGIN - height) - top}px`);
}

/** Empty the bar of a message. @param {Element} row */
export function hideBar(row) {
  const bar = row.querySelector('.message-bar');
  if (bar) render(bar);
}
