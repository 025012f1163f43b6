/** What the user looks at: focus and watched people follow the page by themselves. */

import { listed } from '../client/store/select.js';
import { client, state } from './context.js';
import { refreshAll } from './frames.js';
import { onPreferences } from './preferences.js';
import { onRoute, route } from './router.js';

const MOST_PEERS = 150;
const MOST_MEMBERS = 50;

function look() {
  const { conversation } = route();
  const known = conversation && state().conversations.has(conversation);
  client().attention.focus(known && document.visibilityState === 'visible' ? conversation : null);
}

/**
 * Whoever is seen with a dot somewhere: the other side of direct conversations, members of an open
 * group.
 */
function watch() {
  const { conversations, me } = state();
  const peers = listed(state())
    .map(({ head }) => head.peer)
    .filter((peer) => peer !== undefined)
    .slice(0, MOST_PEERS);
  const members = (conversations.get(route().conversation ?? '')?.members ?? [])
    .slice(0, MOST_MEMBERS)
    .map(({ user }) => user);
  client().attention.watch([...peers, ...members].filter((user) => user !== me?.id));
}

/** Begin to follow the page. */
export function followGaze() {
  onRoute(() => {
    look();
    watch();
  });
  document.addEventListener('visibilitychange', () => {
    look();
    if (document.visibilityState === 'visible') client().probe();
    refreshAll();
  });
  addEventListener('focus', refreshAll);
  addEventListener('online', () => client().retryNow());
  addEventListener('offline', () => client().probe());
  onPreferences(({ discreet }) => {
    client().attention.discreet = discreet;
  });
  client().subscribe(({ conversations, epoch, me }, _frame, before) => {
    if (!me || (conversations === before.conversations && epoch === before.epoch)) return;
    look();
    watch();
  });
}
