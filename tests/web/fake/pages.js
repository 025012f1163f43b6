/** Pages of events and messages, as the fake service returns them. */

/** @param {any} event */
const messageView = ({ conversation, seq, offset, by, at, key, session, data }) => ({
  conversation,
  seq,
  offset,
  by,
  at,
  key,
  session,
  ...data,
});

/** @param {any} room @param {number} after @param {number} limit */
export function eventPage(room, after, limit) {
  const last = room.events.length;
  if (last - after > 1000 || after > last) return { events: [], last, more: false, reset: true };
  const found = room.events.slice(after, after + limit);
  return { events: found, last, more: after + found.length < last, reset: false };
}

/**
 * @param {any} room
 * @param {number | undefined} before
 * @param {number | undefined} after
 * @param {number | undefined} around
 * @param {number} limit
 */
export function messagePage(room, before, after, around, limit) {
  const all = room.events
    .filter((/** @type {any} */ event) => event.kind === 'message.posted')
    .map(messageView);
  let end = all.length;
  if (before !== undefined) end = before - 1;
  if (after !== undefined) end = Math.min(all.length, after + limit);
  if (around !== undefined) end = Math.min(all.length, around - 1 + Math.ceil(limit / 2));
  const start = after ?? Math.max(0, end - limit);
  return { messages: all.slice(start, end), more_before: start > 0, more_after: end < all.length };
}
