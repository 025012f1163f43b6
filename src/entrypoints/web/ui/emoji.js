/** A small picker of emoji: the ones people use most, in rows. */

import { put } from './menu.js';
import { t } from './i18n.js';
import { h, paint } from './view.js';

const OFFERED = [
  ...'😀😂🤣😊😍😘🥰😎🤔😴😢😭😡🥳😱🙄😅😉😇🤗🤩🤝🙏👏👍👎👌💪👋🤞🙌🔥🎉❤💔💯✅❌⭐💡☕🍺🍕🎂🌹🌞🌙🚀🏠📎📷🎵⏰💰',
].map((emoji) => (emoji === '❤' ? '❤️' : emoji));
const COLUMNS = 9;

/**
 * Open the picker at an element.
 * @param {HTMLElement} anchor
 * @param {(emoji: string) => void} onPick
 */
export function openEmoji(anchor, onPick) {
  const box = document.createElement('div');
  box.className = 'menu emoji-picker';
  box.popover = 'auto';
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-label', t('composer.emoji'));
  const pick = (/** @type {string} */ emoji) => {
    box.hidePopover();
    onPick(emoji);
  };
  paint(
    box,
    OFFERED.map((emoji) =>
      h('button', { type: 'button', key: emoji, on: { click: () => pick(emoji) } }, emoji),
    ),
  );
  box.addEventListener('keydown', (event) => walk(event, box));
  box.addEventListener('toggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === 'closed') box.remove();
  });
  document.body.append(box);
  box.showPopover();
  put(box, anchor);
  box.querySelector('button')?.focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} box */
function walk(event, box) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (!step) return;
  const all = [...box.querySelectorAll('button')];
  all[all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + step]?.focus();
  event.preventDefault();
}
