/** Questions that a view asks of the state. Pure; answers are derived each time, never stored. */

/** @import {Conversation, Entry, Head, LoggedMessage, State, User} from '../types.js' */
/** @typedef {'waiting' | 'sending' | 'failed' | 'sent' | 'delivered' | 'read'} Status */

/**
 * When something last happened in it; what waits in the outbox counts.
 * @param {Conversation} conversation
 */
const activity = ({ head }) => head.last?.at ?? '';

/**
 * The conversations to list: pinned ones first, then the newest first.
 * @param {State} state
 * @returns {Conversation[]}
 */
export function listed(state) {
  const order = (/** @type {Conversation} */ one, /** @type {Conversation} */ other) =>
    Number(other.head.pinned) - Number(one.head.pinned) ||
    // A conversation without a message yet has just begun, or nobody spoke in it: ids carry time.
    compare(moment(other), moment(one)) ||
    compare(other.head.conversation, one.head.conversation);
  return [...state.conversations.values()].filter(({ left }) => !left).sort(order);
}

/** @param {Conversation} conversation @returns {number} milliseconds */
function moment(conversation) {
  const at = Date.parse(activity(conversation));
  if (at) return at;
  // The first 48 bits of a UUIDv7 are its time.
  const born = Number.parseInt(
    conversation.head.conversation.replaceAll('-', '').slice(0, 12),
    16,
  );
  return Number.isNaN(born) ? 0 : born;
}

/** @param {number | string} one @param {number | string} other */
const compare = (one, other) => (one < other ? -1 : Number(one > other));

/** @param {Conversation} conversation @param {number} now milliseconds */
export const isMuted = ({ head }, now) =>
  Boolean(head.muted_until) && Date.parse(String(head.muted_until)) > now;

/** Whether something there is unread, or marked so. @param {Head} head */
export const isUnread = ({ unread, marked_unread }) => unread > 0 || Boolean(marked_unread);

/**
 * What the title of the window counts: unread messages, of muted conversations only mentions. What
 * the user marked as unread is a reminder in the list and no message: it does not count.
 * @param {State} state
 * @param {number} now milliseconds
 * @returns {number}
 */
export function unreadTotal(state, now) {
  return listed(state).reduce(
    (total, c) => total + (isMuted(c, now) ? c.head.mentions : c.head.unread),
    0,
  );
}

/**
 * Up to where everybody else has received and read.
 * @param {Conversation} conversation
 * @returns {{received: number, read: number}} zeros while not everybody's marks are known
 */
export function floor({ head, marks }) {
  if (!marks.size || marks.size < head.members - 1) return { received: 0, read: 0 };
  const all = [...marks.values()];
  return {
    received: Math.min(...all.map((mark) => mark.received)),
    read: Math.min(...all.map((mark) => mark.read)),
  };
}

/**
 * What is known of an own message. Never more than is known: without everybody's marks it is sent.
 * @param {LoggedMessage | Entry} message
 * @param {{received: number, read: number}} reached of `floor`
 * @returns {Status}
 */
export function statusOf(message, reached) {
  if ('status' in message) return message.status;
  if (message.seq <= reached.read) return 'read';
  return message.seq <= reached.received ? 'delivered' : 'sent';
}

/**
 * What waits in a conversation, without those that the log holds already.
 * @param {State} state
 * @param {string} id
 * @returns {Entry[]} oldest first
 */
export function pending(state, id) {
  const mine = state.outbox.filter((entry) => entry.conversation === id);
  const log = mine.length ? state.conversations.get(id)?.log : undefined;
  if (!log) return mine;
  // An acknowledged message is among the newest; the outbox is never far behind.
  const recent = new Set(
    log.messages
      .slice(-200)
      .filter((m) => m.by === state.me?.id)
      .map((m) => m.key),
  );
  return mine.filter((entry) => !recent.has(entry.key));
}

/**
 * Who is typing there, other than me.
 * @param {State} state
 * @param {string} id
 * @returns {string[]} user ids
 */
export const typists = (state, id) =>
  [...(state.typing.get(id)?.keys() ?? [])].filter((user) => user !== state.me?.id);

/** @param {State} state @param {string} id @returns {User | undefined} */
export const userOf = (state, id) => state.users.get(id);

/**
 * The direct conversation with somebody, where there is one.
 * @param {State} state
 * @param {string} user
 */
export const directWith = (state, user) =>
  [...state.conversations.values()].find(
    ({ head }) => head.kind === 'direct' && head.peer === user,
  );

/** Whether the user may change a group's title and members. @param {Conversation} conversation */
export const mayManage = ({ head, left }) =>
  !left && head.kind === 'group' && (head.role === 'owner' || head.role === 'admin');

/**
 * How many notices are unread; `more` where older ones, which are not loaded, may be, too.
 * @param {State} state
 * @returns {{count: number, more: boolean}}
 */
export function unreadNotices(state) {
  const all = notices(state);
  const count = all.filter((notice) => !notice.read).length;
  return { count, more: Boolean(state.noticesNext) && all.at(-1)?.read === false };
}

/** Notices worth showing: what one did oneself is no news. @param {State} state */
export const notices = (state) =>
  state.notices.filter((notice) => {
    if (notice.kind !== 'joined') return true;
    const head = state.conversations.get(notice.conversation ?? '')?.head;
    return head?.kind === 'group' && head.role !== 'owner';
  });
