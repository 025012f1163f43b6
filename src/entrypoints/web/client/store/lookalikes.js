/** Users whose handle or name looks like that of another known user (UTS 39). */

/** @import {State, User} from '../types.js' */

/**
 * The users of each skeleton, made once for each map of users: maps in the state never change.
 * @type {WeakMap<State['users'], Map<string, User[]>>}
 */
const indexes = new WeakMap();

/**
 * The other known users who look like a user. The service sends what each looks like.
 * @param {State} state
 * @param {string} id
 * @returns {User[]}
 */
export function lookalikesOf({ users }, id) {
  const index = indexOf(users);
  const found = (users.get(id)?.skeletons ?? []).flatMap((each) => index.get(each) ?? []);
  return [...new Set(found)].filter((user) => user.id !== id);
}

/** @param {State['users']} users */
function indexOf(users) {
  const known = indexes.get(users);
  if (known) return known;
  /** @type {Map<string, User[]>} */
  const index = new Map();
  for (const user of users.values())
    for (const each of user.skeletons ?? []) index.set(each, [...(index.get(each) ?? []), user]);
  indexes.set(users, index);
  return index;
}
