/** A row of the six skin tones of an emoji, inside the picker. */

import { withTone } from './emoji-data.js';
import { moveAlong } from './emoji-group-bar.js';
import { skinTone } from './emoji-usage.js';
import { t } from './i18n.js';
import { h, render } from './vdom.js';

/** @import {SkinTone} from './emoji-usage.js' */

const TONES = /** @type {SkinTone[]} */ ([0, 1, 2, 3, 4, 5]);
const MARGIN = 6;

/**
 * Show the skin tones next to a button. A choice, Escape, Tab and a click elsewhere close the row.
 * @param {HTMLElement} box the picker, in which the row is placed
 * @param {HTMLElement} button
 * @param {{emoji: string, label: string, onChoose: (tone: SkinTone) => void}} options
 */
export function openTones(box, button, { emoji, label, onChoose }) {
  const row = document.createElement('div');
  row.className = 'emoji-tones';
  row.setAttribute('role', 'menu');
  row.setAttribute('aria-label', label);
  const close = () => {
    const hadFocus = row.contains(document.activeElement);
    box.removeEventListener('pointerdown', outside, true);
    row.remove();
    if (hadFocus) button.focus();
  };
  const outside = (/** @type {Event} */ event) => {
    if (!row.contains(/** @type {Node} */ (event.target))) close();
  };
  const choose = (/** @type {SkinTone} */ tone) => {
    close();
    onChoose(tone);
  };
  const current = skinTone();
  render(
    row,
    TONES.map((tone) =>
      h(
        'button',
        {
          type: 'button',
          role: 'menuitemradio',
          tabindex: '-1',
          'aria-checked': String(tone === current),
          'aria-label': t(`emoji.tone-${tone}`),
          title: t(`emoji.tone-${tone}`),
          on: { click: () => choose(tone) },
        },
        withTone(emoji, tone),
      ),
    ),
  );
  row.addEventListener('keydown', (event) => onKey(event, row, close));
  box.addEventListener('pointerdown', outside, true);
  box.append(row);
  place(row, box, button);
  row.querySelectorAll('button')[current].focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} row @param {() => void} close */
function onKey(event, row, close) {
  // None of the keys is for the picker.
  event.stopPropagation();
  if (moveAlong(event, row)) return;
  if (event.key !== 'Escape' && event.key !== 'Tab') return;
  close();
  event.preventDefault();
}

/**
 * Place the row above the button, or below where it would leave the picker.
 * @param {HTMLElement} row
 * @param {HTMLElement} box
 * @param {HTMLElement} button
 */
function place(row, box, button) {
  const outer = box.getBoundingClientRect();
  const inner = button.getBoundingClientRect();
  const above = inner.top - outer.top - row.offsetHeight - 2;
  const top = above >= 0 ? above : inner.bottom - outer.top + 2;
  const widest = outer.width - row.offsetWidth - MARGIN;
  const left = inner.left - outer.left + (inner.width - row.offsetWidth) / 2;
  row.style.setProperty('top', `${top}px`);
  row.style.setProperty('left', `${Math.max(MARGIN, Math.min(left, widest))}px`);
}
