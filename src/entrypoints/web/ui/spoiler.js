/** A spoiler: text that is hidden until somebody wants to see it. */

import { t } from './i18n.js';
import { announce } from './live-region.js';
import { h } from './vdom.js';

/** @import {Child} from './vdom.js' */

/**
 * Until it is shown, nothing in it can be selected, focused or listened to.
 * @param {Child} content
 */
export const spoiler = (content) =>
  h(
    'span',
    {
      class: 'spoiler',
      role: 'button',
      tabindex: '0',
      'aria-label': t('spoiler.show'),
      title: t('spoiler.show'),
      on: { click: show, keydown: onKey },
    },
    h('span', { inert: true, 'aria-hidden': 'true' }, content),
  );

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return;
  event.stopPropagation();
  show(event);
}

/** @param {Event} event */
function show(event) {
  const node = /** @type {HTMLElement} */ (event.currentTarget);
  if (node.classList.contains('shown')) return;
  event.preventDefault();
  node.classList.add('shown');
  for (const name of ['role', 'aria-label', 'title']) node.removeAttribute(name);
  // The focus stays where it is.
  node.setAttribute('tabindex', '-1');
  for (const name of ['inert', 'aria-hidden']) node.firstElementChild?.removeAttribute(name);
  announce(node.textContent ?? '');
}
