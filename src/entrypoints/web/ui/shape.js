/** The shape of the screen: with room for the list beside the conversation, or for one of them. */

import { refreshAll } from './frames.js';
import { preferences } from './preferences.js';

/** As in the style sheets. */
const query = matchMedia('(max-width: 720px)');
query.addEventListener('change', refreshAll);

/** Whether there is room for one pane only. */
export const narrow = () => query.matches;

/** Whether the list beside the conversation shows faces alone. */
export const compact = () => preferences().compact && !narrow();
