/** Menus with the keyboard behaviour of the ARIA menu pattern. */

import { icon } from './icons.js';
import { h, render } from './vdom.js';

/** @import {IconName} from './icons.js' */
/** @import {VNode} from './vdom.js' */
/**
 * @typedef {object} MenuItem
 * @property {IconName} [icon]
 * @property {string} label
 * @property {() => void} action
 * @property {boolean} [danger]
 */

const MARGIN = 8;
const FOCUSABLE = 'button, a[href], input, textarea, [tabindex]';

/** The menu or picker that is open. @type {{anchor: HTMLElement, close: () => void} | null} */
let open = null;

/** Close the menu that is open. @returns {boolean} whether there was one */
export function closeMenu() {
  const wasOpen = open !== null;
  open?.close();
  return wasOpen;
}

/**
 * Open a menu next to an element. It closes when an item is chosen; then the focus returns.
 * @param {HTMLElement} anchor
 * @param {(MenuItem | false | null)[]} items
 * @param {VNode | null} [header] more buttons, above the items
 */
export function openMenu(anchor, items, header = null) {
  const menu = document.createElement('div');
  menu.className = 'menu';
  menu.setAttribute('role', 'menu');
  render(
    menu,
    header,
    items.map((item) => item && menuItem(item, closeMenu)),
  );
  menu.addEventListener('keydown', (event) => onKey(event, menu));
  openLayer(menu, anchor);
}

/**
 * Show an element above the page, next to its anchor. Escape, Tab, a click outside and a second
 * click on the anchor close it; then the focus returns.
 * @param {HTMLElement} layer
 * @param {HTMLElement} anchor
 * @param {object} [options]
 * @param {HTMLElement} [options.first] what is focused; by default the first button
 * @param {(event: KeyboardEvent) => void} [options.onTab] what Tab does instead of closing
 */
export function openLayer(layer, anchor, { first, onTab } = {}) {
  const isSecondClick = open?.anchor === anchor;
  closeMenu();
  if (isSecondClick) return;
  const isButton = anchor.hasAttribute('aria-haspopup');
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const close = () => {
    open = null;
    document.removeEventListener('pointerdown', outside, true);
    const inside = layer.contains(document.activeElement);
    layer.remove();
    if (isButton) anchor.setAttribute('aria-expanded', 'false');
    if (inside) (focusableAt(anchor) ?? before)?.focus({ preventScroll: true });
  };
  const outside = (/** @type {Event} */ event) => {
    const target = /** @type {Node} */ (event.target);
    // The click that follows on the anchor closes the layer.
    if (!layer.contains(target) && !anchor.contains(target)) close();
  };
  layer.popover = 'manual';
  layer.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' && event.key !== 'Tab') return;
    if (event.key === 'Tab' && onTab) onTab(event);
    else close();
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener('pointerdown', outside, true);
  open = { anchor, close };
  show(layer, anchor, first);
}

/**
 * The element to focus for a place on the page: the bubble of a message belongs to its row.
 * @param {HTMLElement} anchor
 * @returns {HTMLElement | null} null if the place is no longer on the page
 */
const focusableAt = (anchor) => (anchor.isConnected ? anchor.closest(FOCUSABLE) : null);

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

/** @param {HTMLElement} layer @param {HTMLElement} anchor @param {HTMLElement} [first] */
function show(layer, anchor, first) {
  // A modal dialog makes everything outside inert, so its menus are placed inside it.
  (anchor.closest('dialog, [role=main], [role=navigation]') ?? document.body).append(layer);
  layer.showPopover();
  placeAt(layer, anchor);
  if (anchor.hasAttribute('aria-haspopup')) anchor.setAttribute('aria-expanded', 'true');
  (first ?? layer.querySelector('button'))?.focus();
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

/** @param {KeyboardEvent} event @param {HTMLElement} menu */
function onKey(event, menu) {
  const all = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('button')]);
  const box = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const target = { ArrowDown: box + 1, ArrowUp: box - 1, Home: 0, End: -1 }[event.key];
  if (target === undefined) return;
  all.at(target % all.length)?.focus();
  event.preventDefault();
  event.stopPropagation();
}
