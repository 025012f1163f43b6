/** Menus: a few deeds at a button, with the keys that everybody knows from menus. */

import { icon } from './icons.js';
import { h, paint } from './view.js';

/** @import {IconName} from './icons.js' */
/**
 * @typedef {object} MenuItem
 * @property {IconName} [icon]
 * @property {string} label
 * @property {() => void} deed
 * @property {boolean} [danger]
 */

const MARGIN = 8;

/** @type {(() => void) | null} */
let closeOpen = null;

/** Close the open menu, if there is one. */
export const closeMenu = () => closeOpen?.();

/**
 * Open a menu at an element; it closes when something is chosen, and focus goes back.
 * @param {HTMLElement} anchor
 * @param {(MenuItem | false | null)[]} items
 */
export function openMenu(anchor, items) {
  closeOpen?.();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const menu = document.createElement('div');
  menu.className = 'menu';
  menu.setAttribute('role', 'menu');
  menu.popover = 'manual';
  const close = () => {
    closeOpen = null;
    document.removeEventListener('pointerdown', outside, true);
    const inside = menu.contains(document.activeElement);
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (inside) (anchor.isConnected ? anchor : before)?.focus({ preventScroll: true });
  };
  const outside = (/** @type {Event} */ event) =>
    !menu.contains(/** @type {Node} */ (event.target)) && close();
  paint(
    menu,
    items.map((item) => item && itemView(item, close)),
  );
  menu.addEventListener('keydown', (event) => keys(event, menu, close));
  document.addEventListener('pointerdown', outside, true);
  closeOpen = close;
  show(menu, anchor);
}

/** @param {MenuItem} item @param {() => void} close */
function itemView({ icon: name, label, danger, deed }, close) {
  const choose = () => {
    close();
    deed();
  };
  return h(
    'button',
    {
      type: 'button',
      role: 'menuitem',
      tabindex: '-1',
      key: label,
      class: danger ? 'menu-item danger' : 'menu-item',
      on: { click: choose },
    },
    name && icon(name),
    label,
  );
}

/** @param {HTMLElement} menu @param {HTMLElement} anchor */
function show(menu, anchor) {
  // A dialog is above everything else: its menus have to stand inside it.
  (anchor.closest('dialog, [role=main], [role=navigation]') ?? document.body).append(menu);
  menu.showPopover();
  put(menu, anchor);
  anchor.setAttribute('aria-expanded', 'true');
  menu.querySelector('button')?.focus();
}

/**
 * Below the anchor, or above it where there is no room.
 * @param {HTMLElement} menu
 * @param {HTMLElement} anchor
 */
export function put(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4 + height < innerHeight - MARGIN;
  const top = below ? at.bottom + 4 : Math.max(MARGIN, at.top - 4 - height);
  const rightward = at.left + width < innerWidth - MARGIN;
  const left = rightward ? at.left : Math.max(MARGIN, at.right - width);
  menu.style.setProperty('top', `${top}px`);
  menu.style.setProperty('left', `${left}px`);
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu @param {() => void} close */
function keys(event, menu, close) {
  const all = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('button')]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to !== undefined) all.at(to % all.length)?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
