/**
 * The kinds of events that this client handles, and those that it skips on purpose.
 *
 * Clients skip kinds that they do not know. tests/web/client/events.test.js applies one event of every
 * kind that the service sends, and fails for a kind that is in none of these lists.
 */

/** Kinds of events in the log of a conversation that change a message. Nothing else shows them. */
export const MESSAGE_KINDS = new Set([
  'message.edited',
  'message.recalled',
  'reaction.set',
  'pin.set',
  'poll.voted',
]);

/** Kinds of events in the log of a conversation that are applied and shown. */
export const CONVERSATION_KINDS = new Set([
  ...MESSAGE_KINDS,
  'message.posted',
  'conversation.created',
  'conversation.changed',
  'member.added',
  'member.removed',
  'member.changed',
]);

/** Kinds of events in the private log that are applied. */
export const PRIVATE_KINDS = new Set([
  'conversation.joined',
  'conversation.left',
  'read.moved',
  'settings.changed',
  'profile.changed',
  'presence.changed',
  'draft.changed',
  'notification.added',
  'notification.read',
  'notification.removed',
  'message.hidden',
  'history.cleared',
]);

/** Kinds that have nothing to show in a page. @type {ReadonlySet<string>} */
export const SKIPPED_KINDS = new Set();
