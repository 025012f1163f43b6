/** Menus with the keyboard behaviour of the ARIA menu pattern. */

import { icon } from './icons.js';
import { h, render } from './vdom.js';

/** @import {IconName} from './icons.js' */
/**
 * @typedef {object} MenuItem
 * @property {IconName} [icon]
 * @property {string} label
 * @property {() => void} action
 * @property {boolean} [danger]
 */

const MARGIN = 8;

/** @type {(() => void) | null} */
let closeOpenMenu = null;

/** Close the menu that is open, if any. */
export const closeMenu = () => closeOpenMenu?.();

/**
 * Open a menu next to an element. It closes when an item is chosen; then the focus returns.
 * @param {HTMLElement} anchor
 * @param {(MenuItem | false | null)[]} items
 */
export function openMenu(anchor, items) {
  closeOpenMenu?.();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const menu = document.createElement('div');
  menu.className = 'menu';
  menu.setAttribute('role', 'menu');
  menu.popover = 'manual';
  const close = () => {
    closeOpenMenu = null;
    document.removeEventListener('pointerdown', outside, true);
    const inside = menu.contains(document.activeElement);
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (inside) (anchor.isConnected ? anchor : before)?.focus({ preventScroll: true });
  };
  const outside = (/** @type {Event} */ event) =>
    !menu.contains(/** @type {Node} */ (event.target)) && close();
  render(
    menu,
    items.map((item) => item && menuItem(item, close)),
  );
  menu.addEventListener('keydown', (event) => onKey(event, menu, close));
  document.addEventListener('pointerdown', outside, true);
  closeOpenMenu = close;
  showMenu(menu, anchor);
}

/** @param {MenuItem} item @param {() => void} close */
function menuItem({ icon: name, label, danger, action }, close) {
  const choose = () => {
    close();
    action();
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
function showMenu(menu, anchor) {
  // A modal dialog makes everything outside inert, so its menus are placed inside it.
  (anchor.closest('dialog, [role=main], [role=navigation]') ?? document.body).append(menu);
  menu.showPopover();
  placeAt(menu, anchor);
  anchor.setAttribute('aria-expanded', 'true');
  menu.querySelector('button')?.focus();
}

/**
 * Place an element below the anchor, or above it if there is no room.
 * @param {HTMLElement} menu
 * @param {HTMLElement} anchor
 */
export function placeAt(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = box.bottom + 4 + height < innerHeight - MARGIN;
  const top = below ? box.bottom + 4 : Math.max(MARGIN, box.top - 4 - height);
  const rightward = box.left + width < innerWidth - MARGIN;
  const left = rightward ? box.left : Math.max(MARGIN, box.right - width);
  menu.style.setProperty('top', `${top}px`);
  menu.style.setProperty('left', `${left}px`);
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu @param {() => void} close */
function onKey(event, menu, close) {
  const all = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('button')]);
  const box = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const target = { ArrowDown: box + 1, ArrowUp: box - 1, Home: 0, End: -1 }[event.key];
  if (target !== undefined) all.at(target % all.length)?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
