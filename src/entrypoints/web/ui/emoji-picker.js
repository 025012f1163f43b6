/** A small picker of common emoji. */

import { rememberEmoji } from './emoji-usage.js';
import { closeMenu, openLayer } from './menu.js';
import { t } from './i18n.js';
import { h, render } from './vdom.js';

const EMOJI = [
  ...'😀😂🤣😊😍😘🥰😎🤔😴😢😭😡🥳😱🙄😅😉😇🤗🤩🤝🙏👏👍👎👌💪👋🤞🙌🔥🎉❤💔💯✅❌⭐💡☕🍺🍕🎂🌹🌞🌙🚀🏠📎📷🎵⏰💰',
].map((emoji) => (emoji === '❤' ? '❤️' : emoji));
const COLUMNS = 9;

/**
 * Open the picker next to an element. It closes when an emoji is chosen; then the focus returns.
 * @param {{anchor: HTMLElement, onPick: (emoji: string) => void}} options
 */
export function openEmojiPicker({ anchor, onPick }) {
  const box = document.createElement('div');
  box.className = 'menu emoji-picker';
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-label', t('composer.emoji'));
  const pick = (/** @type {string} */ emoji) => {
    closeMenu();
    rememberEmoji(emoji);
    onPick(emoji);
  };
  render(
    box,
    EMOJI.map((emoji) =>
      h('button', { type: 'button', key: emoji, on: { click: () => pick(emoji) } }, emoji),
    ),
  );
  box.addEventListener('keydown', (event) => moveFocus(event, box));
  openLayer(box, anchor);
}

/** @param {KeyboardEvent} event @param {HTMLElement} box */
function moveFocus(event, box) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (!step) return;
  const all = [...box.querySelectorAll('button')];
  all[all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + step]?.focus();
  event.preventDefault();
}
