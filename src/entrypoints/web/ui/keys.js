/** Keys that work everywhere on the page. */

import { listed } from '../client/store/select.js';
import { client, state } from './context.js';
import { isOpen } from './dialogs/dialog.js';
import { openKeyboard } from './dialogs/keyboard.js';
import { openSwitcher } from './dialogs/switcher.js';
import { go, route } from './router.js';

/** Go to the conversation above or below in the list. @param {number} step */
function walk(step) {
  const all = listed(state()).map(({ head }) => head.conversation);
  const at = all.indexOf(route().conversation ?? '');
  const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))];
  if (next) go(next);
}

/** Escape: what stands here is read, and the view goes to the newest message. */
function settleDown() {
  const conversation = state().conversations.get(route().conversation ?? '');
  if (!conversation) return;
  client().attention.readAll(conversation.head.conversation);
  /** @type {any} */ (document.querySelector('chat-timeline'))?.toLatest();
}

/** @param {EventTarget | null} target */
const isField = (target) =>
  target instanceof HTMLElement && target.closest('input, textarea, select') !== null;

/** @param {KeyboardEvent} event @returns {(() => unknown) | null} */
function deedOf(event) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  const control = ctrlKey || metaKey;
  if (control && key.toLowerCase() === 'k') return openSwitcher;
  if (control && shiftKey && key.toLowerCase() === 'f')
    return () => /** @type {any} */ (document.querySelector('chat-list'))?.enter();
  if (altKey && key === 'ArrowUp') return () => walk(-1);
  if (altKey && key === 'ArrowDown') return () => walk(1);
  if (key === '?' && !isField(event.target)) return openKeyboard;
  if (key === 'Escape' && route().conversation) return settleDown;
  return null;
}

/** Begin to listen. */
export function listenToKeys() {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || !state().me || isOpen()) return;
    const deed = deedOf(event);
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}
