/** Users in the state: names, presence, and who is typing. Pure functions. */

/** @import {Presence, PresenceChoice, State, User} from '../types.js' */

/** The protocol: typing that is not repeated expires. */
const TYPING_EXPIRES_MS = 6_000;

/** @param {State} state @param {User[]} users @returns {State} */
export function withUsers(state, users) {
  if (!users.length) return state;
  const known = new Map(state.users);
  for (const { id, handle, display_name, isKept, skeletons, mixed_alphabets } of users)
    known.set(id, {
      id,
      handle,
      display_name,
      ...(isKept && { isKept }),
      ...(skeletons && { skeletons }),
      ...(mixed_alphabets && { mixed_alphabets }),
    });
  return { ...state, users: known };
}

/**
 * Another user has another name. An unknown user is loaded when they are needed.
 * @param {State} state
 * @param {string} id
 * @param {string} name
 * @param {Pick<User, 'isKept' | 'skeletons' | 'mixed_alphabets'>} looks of the new name, or `isKept`
 *   where they are unknown
 * @returns {State}
 */
export function withName(state, id, name, looks) {
  const user = state.users.get(id);
  if (!user || !name || user.display_name === name || id === state.me?.id) return state;
  return withUsers(state, [{ id, handle: user.handle, display_name: name, ...looks }]);
}

/**
 * This user chose how others see them.
 * @param {State} state
 * @param {PresenceChoice | undefined} presence undefined: the service does not say it
 * @returns {State}
 */
export const withOwnPresence = (state, presence) =>
  state.me && presence ? { ...state, me: { ...state.me, presence } } : state;

/** @param {State} state @param {Presence[]} states @returns {State} */
export function withPresence(state, states) {
  if (!states.length) return state;
  const presence = new Map(state.presence);
  for (const { user, ...rest } of states) presence.set(user, { user, ...rest });
  return { ...state, presence };
}

/**
 * Somebody started or stopped typing.
 * @param {State} state
 * @param {string} conversation
 * @param {string} user
 * @param {boolean} isTyping
 * @param {number} now milliseconds
 * @returns {State}
 */
export function withTyping(state, conversation, user, isTyping, now) {
  const here = state.typing.get(conversation);
  if (!isTyping && !here?.has(user)) return state;
  const next = new Map(here);
  if (isTyping) next.set(user, now + TYPING_EXPIRES_MS);
  else next.delete(user);
  return { ...state, typing: replaceTyping(state.typing, conversation, next) };
}

/**
 * Remove typing that was not repeated in time.
 * @param {State} state
 * @param {number} now
 * @returns {State}
 */
export function expireTyping(state, now) {
  let typing = state.typing;
  for (const [conversation, users] of state.typing) {
    const alive = new Map([...users].filter(([, until]) => until > now));
    if (alive.size !== users.size) typing = replaceTyping(typing, conversation, alive);
  }
  return typing === state.typing ? state : { ...state, typing };
}

/**
 * @param {State['typing']} typing
 * @param {string} conversation
 * @param {ReadonlyMap<string, number>} users
 */
function replaceTyping(typing, conversation, users) {
  const next = new Map(typing);
  if (users.size) next.set(conversation, users);
  else next.delete(conversation);
  return next;
}
