/**
 * Tracks which conversation is visible and whose presence is shown, and reports both to the
 * service.
 */

import { sortedConversations } from '../client/store/selectors.js';
import { peerOfUnstarted } from '../client/store/unstarted.js';
import { client, state } from './context.js';
import { updateAll } from './render-queue.js';
import { onPreferences } from './preferences.js';
import { onRoute, route } from './router.js';

const MAX_PEERS = 150;
const MAX_MEMBERS = 50;

function reportFocus() {
  const { conversation } = route();
  const known = conversation && state().conversations.has(conversation);
  client().activity.setFocus(
    known && document.visibilityState === 'visible' ? conversation : null,
  );
}

/**
 * Watch the presence of everybody who is shown with a presence dot: peers of direct conversations,
 * and members of the open group.
 */
function watchPresence() {
  const { conversations, me } = state();
  // Only people with a common conversation may see each other's presence.
  const peers = sortedConversations(state())
    .filter(({ head }) => !peerOfUnstarted(head.conversation))
    .map(({ head }) => head.peer)
    .filter((peer) => peer !== undefined)
    .slice(0, MAX_PEERS);
  const members = (conversations.get(route().conversation ?? '')?.members ?? [])
    .slice(0, MAX_MEMBERS)
    .map(({ user }) => user);
  client().activity.watchPresence([...peers, ...members].filter((user) => user !== me?.id));
}

/** Start to follow the route, the visibility and the state. */
export function startFocusTracking() {
  onRoute(() => {
    reportFocus();
    watchPresence();
  });
  document.addEventListener('visibilitychange', () => {
    reportFocus();
    if (document.visibilityState === 'visible') client().probe();
    else client().drafts.flush();
    updateAll();
  });
  addEventListener('focus', updateAll);
  addEventListener('online', () => client().reconnectNow());
  addEventListener('offline', () => client().probe());
  onPreferences(({ discreet }) => {
    client().activity.privateReads = discreet;
  });
  client().subscribe(({ conversations, welcomeCount, me }, _frame, before) => {
    if (!me || (conversations === before.conversations && welcomeCount === before.welcomeCount))
      return;
    reportFocus();
    watchPresence();
  });
}
