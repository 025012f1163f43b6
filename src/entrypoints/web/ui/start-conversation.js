/**
 * Opens the conversation with a person. If there is none, an empty one is shown, which is created
 * with its first message; as soon as it exists, it takes the place of the empty one.
 */

import { directWith, peerOfUnstarted, unstartedId } from '../client/store/unstarted.js';
import { client, state } from './context.js';
import { hashFor, navigate, onRoute, route } from './router.js';

/** Open the conversation with a person. @param {string} user */
export function openPerson(user) {
  navigate(directWith(state(), user)?.head.conversation ?? unstartedId(user));
}

/** Replace the open conversation by the one that was created meanwhile. */
function followStart() {
  const id = route().conversation ?? '';
  const peer = peerOfUnstarted(id);
  const started = peer === null ? undefined : directWith(state(), peer);
  if (!started) return;
  client().drafts.move(id, started.head.conversation);
  // Without an entry in the history: "back" must not return to the empty conversation.
  location.replace(hashFor(started.head.conversation));
}

/** Start to follow the route and the state. */
export function startFollowingStarts() {
  onRoute(followStart);
  client().subscribe(({ conversations }, _frame, before) => {
    if (conversations !== before.conversations) followStart();
  });
}
