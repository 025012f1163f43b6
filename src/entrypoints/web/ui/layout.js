/**
 * The layout of the page: one pane on narrow screens, otherwise the list beside the conversation.
 */

import { updateAll } from './render-queue.js';
import { preferences } from './preferences.js';

/** The same width as in the style sheets. */
const narrowQuery = matchMedia('(max-width: 720px)');
narrowQuery.addEventListener('change', updateAll);

/** Whether only one pane fits. */
export const isNarrow = () => narrowQuery.matches;

/** Whether the list shows avatars only. */
export const isCompact = () => preferences().compact && !isNarrow();
