/**
 * Direct conversations that do not exist yet: the first message creates them. Until then they have
 * an id of this client, `new:<user id>`, and nothing of them is in the state but unsent messages.
 * Pure functions.
 */

import { newConversation } from './conversations.js';
import { EMPTY_LOG } from './log.js';

/** @import {Conversation, OutboxEntry, State, User} from '../types.js' */

const PREFIX = 'new:';

/** The id of the conversation with a user before it exists. @param {string} user */
export const unstartedId = (user) => PREFIX + user;

/**
 * The other user of a conversation that does not exist yet.
 * @param {string} id
 * @returns {string | null} null for the id of a conversation of the service
 */
export const peerOfUnstarted = (id) => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : null);

/**
 * The direct conversation with a user, if it is known.
 * @param {State} state
 * @param {string} user
 * @returns {Conversation | undefined}
 */
export function directWith({ conversations }, user) {
  for (const conversation of conversations.values())
    if (conversation.head.peer === user) return conversation;
  return undefined;
}

/**
 * A conversation of the state, or one that does not exist yet.
 * @param {State} state
 * @param {string} id
 * @returns {Conversation | undefined} the same object while nothing of it changes
 */
export function conversationOf(state, id) {
  const peer = peerOfUnstarted(id);
  if (peer === null) return state.conversations.get(id);
  return unstartedConversation(state.users.get(peer) ?? nobody(peer), state.me?.id);
}

/**
 * The conversations that wait for their first message to be sent.
 * @param {State} state
 * @returns {Conversation[]}
 */
export function unstartedConversations(state) {
  const ids = new Set(state.outbox.map((entry) => entry.conversation));
  return [...ids].flatMap((id) => {
    const peer = peerOfUnstarted(id);
    const found = peer !== null && !directWith(state, peer) && conversationOf(state, id);
    return found ? [found] : [];
  });
}

/**
 * The unsent messages of a conversation; also those written before it existed.
 * @param {State} state
 * @param {string} id
 * @returns {OutboxEntry[]} oldest first
 */
export function unsentMessages(state, id) {
  const peer = state.conversations.get(id)?.head.peer;
  const earlier = peer ? unstartedId(peer) : id;
  return state.outbox.filter(({ conversation: at }) => at === id || at === earlier);
}

/** Users that were not loaded, by id. @type {Map<string, User>} */
const unknownUsers = new Map();

/** @param {string} id @returns {User} */
function nobody(id) {
  const known = unknownUsers.get(id) ?? { id, handle: '', display_name: '' };
  unknownUsers.set(id, known);
  return known;
}

/** @type {WeakMap<User, Conversation>} */
const unstartedOf = new WeakMap();

/** @param {User} peer @param {string | undefined} me */
function unstartedConversation(peer, me) {
  const known = unstartedOf.get(peer);
  if (known) return known;
  const made = newConversation({
    conversation: unstartedId(peer.id),
    kind: 'direct',
    title: peer.display_name,
    members: peer.id === me ? 1 : 2,
    seq: 0,
    offset: 0,
    read: 0,
    received: 0,
    unread: 0,
    mentions: 0,
    pinned: false,
    peer: peer.id,
    last: null,
  });
  const conversation = { ...made, log: { ...EMPTY_LOG, loaded: true, moreBefore: false } };
  unstartedOf.set(peer, conversation);
  return conversation;
}
