/** Keyboard shortcuts that work everywhere on the page. */

import { sortedConversations } from '../client/store/selectors.js';
import { client, state } from './context.js';
import { isDialogOpen } from './dialogs/dialog.js';
import { openShortcuts } from './dialogs/shortcuts.js';
import { openSwitcher } from './dialogs/switcher.js';
import { closeMenu } from './menu.js';
import { navigate, route } from './router.js';
import { clearSelection } from './selection.js';

/** Open the previous or next conversation of the list. @param {number} step -1 or 1 */
function goToNeighbour(step) {
  const all = sortedConversations(state()).map(({ head }) => head.conversation);
  const current = all.indexOf(route().conversation ?? '');
  const next = all[current < 0 ? 0 : Math.max(0, Math.min(all.length - 1, current + step))];
  if (next) navigate(next);
}

/** Escape: mark the conversation as read and scroll to the newest message. */
function markReadAndScrollToLatest() {
  const conversation = state().conversations.get(route().conversation ?? '');
  if (!conversation) return;
  client().activity.markAllRead(conversation.head.conversation);
  /** @type {any} */ (document.querySelector('chat-timeline'))?.scrollToLatest();
}

/** @param {EventTarget | null} target */
const isTextField = (target) =>
  target instanceof HTMLElement && target.closest('input, textarea, select') !== null;

/**
 * Escape does one thing: it closes the open menu, else ends a selection, else clears the search, else
 * marks as read.
 * @param {EventTarget | null} target
 * @returns {(() => unknown) | null}
 */
function escapeAction(target) {
  if (closeMenu() || clearSelection()) return () => {};
  const isSearch = target instanceof HTMLInputElement && target.type === 'search';
  if (!route().conversation || isSearch) return null;
  return markReadAndScrollToLatest;
}

/** @param {KeyboardEvent} event @returns {(() => unknown) | null} */
function actionFor(event) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  const isControl = ctrlKey || metaKey;
  if (isControl && key.toLowerCase() === 'k') return openSwitcher;
  if (isControl && shiftKey && key.toLowerCase() === 'f')
    return () => /** @type {any} */ (document.querySelector('chat-list'))?.focusSearch();
  if (altKey && key === 'ArrowUp') return () => goToNeighbour(-1);
  if (altKey && key === 'ArrowDown') return () => goToNeighbour(1);
  if (key === '?' && !isTextField(event.target)) return openShortcuts;
  if (key === 'Escape') return escapeAction(event.target);
  return null;
}

/** Start to handle keyboard shortcuts. */
export function startKeyboardShortcuts() {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || !state().me || isDialogOpen()) return;
    const action = actionFor(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
}
