/**
 * Notices: what happened that concerns this user, for the notification centre. Pure functions.
 *
 * The service keeps mentions and lists them; that somebody was added to a group or removed from it
 * is only told, and lasts as long as the page.
 */

/** @import {Conversation, Notice, PrivateEvent} from '../types.js' */

/** The service keeps about as many. */
const MOST_KEPT = 500;

/**
 * Add notices, the newest first; what was read stays read, whatever an older answer says.
 * @param {readonly Notice[]} notices
 * @param {readonly Notice[]} more
 * @returns {readonly Notice[]}
 */
export function withNotices(notices, more) {
  const known = new Map(notices.map((notice) => [notice.id, notice]));
  for (const notice of more)
    known.set(notice.id, { ...notice, read: notice.read || Boolean(known.get(notice.id)?.read) });
  const newest = (/** @type {Notice} */ one, /** @type {Notice} */ other) =>
    Date.parse(other.at) - Date.parse(one.at);
  return [...known.values()].sort(newest).slice(0, MOST_KEPT);
}

/**
 * @param {readonly Notice[]} notices
 * @param {PrivateEvent} event
 * @returns {readonly Notice[]}
 */
export function fromPrivate(notices, event) {
  const told = (/** @type {Notice} */ notice) => withNotices(notices, [notice]);
  const { kind, at, data, offset } = event;
  const { conversation } = data;
  switch (kind) {
    case 'conversation.joined':
      return told({ id: `joined/${offset}`, kind: 'joined', conversation, at, read: false });
    case 'conversation.left':
      return data.removed
        ? told({ id: `removed/${offset}`, kind: 'removed', conversation, at, read: false })
        : notices;
    case 'notification.added':
      return told({ .../** @type {any} */ (data), at, read: false });
    case 'notification.read':
      return markRead(notices, ({ id }) => data.all === true || (data.ids ?? []).includes(id));
    default:
      return notices;
  }
}

/**
 * @param {readonly Notice[]} notices
 * @param {(notice: Notice) => boolean} which
 * @returns {readonly Notice[]}
 */
export function markRead(notices, which) {
  if (!notices.some((notice) => !notice.read && which(notice))) return notices;
  return notices.map((notice) => (which(notice) ? { ...notice, read: true } : notice));
}

/**
 * A conversation that was read up to a number needs no notice of what stands before it.
 * @param {readonly Notice[]} notices
 * @param {Conversation} conversation
 * @returns {readonly Notice[]}
 */
export const settled = (notices, { head }) =>
  markRead(
    notices,
    (notice) =>
      notice.conversation === head.conversation &&
      notice.seq !== undefined &&
      notice.seq <= head.read,
  );
