/**
 * Tooltips of elements with `data-tooltip`, on hover and on focus with the keyboard. Screen readers
 * read the label of the element instead.
 */

const HOVER_DELAY_MS = 250;
const MARGIN = 8;

/** @type {HTMLElement | null} */
let tooltip = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const tipped = (target) => (target instanceof Element ? target.closest('[data-tooltip]') : null);

/** Show the tooltips of the whole page. */
export function startTooltips() {
  document.addEventListener('pointerover', ({ target, pointerType }) => {
    const anchor = tipped(target);
    hide();
    if (anchor && pointerType === 'mouse') timer = setTimeout(() => show(anchor), HOVER_DELAY_MS);
  });
  document.addEventListener('focusin', ({ target }) => {
    const anchor = tipped(target);
    hide();
    if (anchor?.matches(':focus-visible')) show(anchor);
  });
  for (const type of ['focusout', 'pointerdown', 'keydown', 'wheel', 'pointerleave'])
    document.addEventListener(type, hide, { capture: true, passive: true });
}

function hide() {
  clearTimeout(timer);
  tooltip?.remove();
  tooltip = null;
}

/** @param {HTMLElement} anchor */
function show(anchor) {
  if (!anchor.isConnected) return;
  tooltip = document.createElement('div');
  tooltip.className = 'tooltip';
  tooltip.setAttribute('aria-hidden', 'true');
  tooltip.textContent = anchor.dataset.tooltip ?? '';
  tooltip.popover = 'manual';
  (anchor.closest('dialog') ?? document.body).append(tooltip);
  tooltip.showPopover();
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tooltip;
  const above = box.top - height - 6;
  const left = Math.min(box.left + box.width / 2 - width / 2, innerWidth - width - MARGIN);
  tooltip.style.setProperty('top', `${above > MARGIN ? above : box.bottom + 6}px`);
  tooltip.style.setProperty('left', `${Math.max(MARGIN, left)}px`);
}
