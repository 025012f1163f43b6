/**
 * The store: a pure reducer `(state, frame) → state`.
 *
 * A frame is one that the service sent (`welcome`, `event`, `receipt` …), or an object of the same
 * form with something this client learned otherwise (`page`, `sent`, `outbox` …). The reducer uses
 * no clock, network or storage, so a recorded sequence of frames always gives the same state.
 */

import {
  updateConversation,
  withNotificationPage,
  ownId,
  putConversation,
  withOwnReadMark,
  withOwnReceivedMark,
  withNotificationsRead,
} from './store/updates.js';
import { eventOf } from './store/changes.js';
import { applyOrHold, withHead, withMembers, withReceipts } from './store/conversations.js';
import { CONVERSATION_KINDS } from './store/kinds.js';
import { withKeptLog } from './store/kept-log.js';
import { eventOfRequest, withDeleted } from './store/requests.js';
import {
  withLoadedMessages,
  withLoadedPage,
  withLoadedPins,
  withLoadedQuotes,
} from './store/loaded.js';
import { EMPTY_LOG, withSystemMessages } from './store/log.js';
import { markRead, withMessageChange } from './store/notifications.js';
import {
  expireTyping,
  withName,
  withOwnPresence,
  withPresence,
  withTyping,
  withUsers,
} from './store/users.js';
import { applyPrivateEvent } from './store/private-log.js';
import { withConnection, withOutbox, withSignedIn } from './store/this-device.js';

/**
 * @import {ConversationEvent, OutboxEntry, Frame, Head, Member, State, User} from './types.js'
 */

/** @type {Readonly<State>} */
export const INITIAL_STATE = Object.freeze(
  /** @type {State} */ ({
    phase: 'starting',
    signOutReason: null,
    me: null,
    device: null,
    connection: { phase: 'idle' },
    welcomeCount: 0,
    catchingUp: false,
    session: null,
    level: 0,
    features: [],
    limits: {},
    cursor: null,
    privateOffset: 0,
    conversationsLoaded: false,
    conversationsCursor: null,
    conversations: new Map(),
    users: new Map(),
    presence: new Map(),
    typing: new Map(),
    outbox: [],
    requests: [],
    changes: [],
    notifications: [],
    notificationsCursor: undefined,
    webPush: { status: 'unknown', preview: false },
    unknownEventCount: 0,
  }),
);

/**
 * The state after a frame. If nothing changes, the same object is returned.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function reduce(state, frame) {
  const handler = HANDLERS[frame.type];
  return handler ? handler(state, frame) : state;
}

/** @type {Record<string, (state: State, frame: Frame) => State>} */
const HANDLERS = {
  // -- frames from the service --
  welcome: withWelcome,
  event: (state, frame) => withEvents(state, frame.conversation, [/** @type {any} */ (frame)]),
  'event.me': (state, frame) => applyPrivateEvent(state, /** @type {any} */ (frame)),
  receipt: (state, { conversation, user, received, read }) =>
    updateConversation(state, conversation, (c) =>
      withReceipts(c, [{ user, received, read }], ownId(state)),
    ),
  typing: (state, { conversation, user, on, now }) =>
    withTyping(state, conversation, user, on, now),
  presence: (state, { user, state: is, last_seen, text }) =>
    withPresence(state, [{ user, state: is, last_seen, text }]),
  profile: (state, { user, display_name, skeletons, mixed_alphabets }) =>
    withName(state, user, display_name, { skeletons, mixed_alphabets }),

  // -- answers to requests --
  heads: (state, { heads, logs = [], next = state.conversationsCursor }) => ({
    ...logs.reduce(withKeptLog, heads.reduce(withHeadOf, state)),
    conversationsCursor: next,
    conversationsLoaded: true,
  }),
  conversation: (state, { head }) => withHeadOf(state, head),
  events: (state, { conversation, events }) => withEvents(state, conversation, events),
  'private-events': (state, { events, cursor, reset }) => ({
    ...events.reduce(applyPrivateEvent, reset ? { ...state, privateOffset: 0 } : state),
    cursor,
  }),
  page: withLoadedPage,
  pins: withLoadedPins,
  messages: withLoadedMessages,
  'system-messages': (state, { conversation, events }) =>
    updateConversation(state, conversation, (c) => ({
      ...c,
      log: { ...c.log, systemMessages: withSystemMessages(c.log.systemMessages, events) },
    })),
  left: (state, { conversation }) =>
    updateConversation(state, conversation, (c) => ({ ...c, left: true })),
  'reset-log': (state, { conversation }) =>
    updateConversation(state, conversation, (c) => ({
      ...c,
      log: EMPTY_LOG,
      keptLog: null,
      heldEvents: [],
    })),
  quotes: withLoadedQuotes,
  receipts: (state, { conversation, receipts }) =>
    updateConversation(state, conversation, (c) => withReceipts(c, receipts, ownId(state))),
  members: (state, { conversation, members, fresh, complete }) =>
    updateConversation(withUsers(state, members.map(asUser)), conversation, (c) =>
      withMembers(c, members, fresh, complete),
    ),
  users: (state, { users }) => withUsers(state, users),
  presences: (state, { states }) => withPresence(state, states),
  'presence-chosen': (state, { presence }) => withOwnPresence(state, presence),
  renamed: (state, { me }) => withUsers({ ...state, me }, [me]),

  // -- from this device --
  'signed-in': withSignedIn,
  'signed-out': (_, { reason: signOutReason = null }) => ({
    ...INITIAL_STATE,
    phase: 'signed-out',
    signOutReason,
  }),
  connection: withConnection,
  'catching-up': (state, { on }) =>
    state.catchingUp === on ? state : { ...state, catchingUp: on },
  outbox: withOutbox,
  sent: withSent,
  changes: (state, { changes }) => ({ ...state, changes }),
  'change-done': (state, { change, offset, count }) => {
    const { conversation } = change;
    const event = { ...eventOf(change, ownId(state), count), conversation, offset };
    return withEvents(state, conversation, [event]);
  },
  'request-done': withRequestDone,
  read: (state, { conversation, seq }) => withOwnReadMark(state, conversation, seq),
  received: (state, { marks }) => Object.entries(marks).reduce(withOwnReceivedMark, state),
  'expire-typing': (state, { now }) => expireTyping(state, now),
  notifications: withNotificationPage,
  'notifications-read': (state, { ids }) => ({
    ...state,
    notifications: markRead(state.notifications, ({ id }) => !ids || ids.includes(id)),
  }),
  'web-push': (state, { webPush }) => ({ ...state, webPush }),
};

/** @param {Member} member @returns {User} */
const asUser = ({ user, ...member }) => ({ ...member, id: user });

/**
 * The first welcome replaces the list of conversations; a later one updates the changed heads.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
function withWelcome(state, frame) {
  const {
    session,
    level = 0,
    features = [],
    limits = {},
    cursor,
    heads = [],
    fresh = false,
    presence,
  } = frame;
  const kept = new Set(heads.map((/** @type {Head} */ head) => head.conversation));
  const conversations = new Map([...state.conversations].filter(([id]) => !fresh || kept.has(id)));
  const next = heads.reduce(withHeadOf, {
    ...withOwnPresence(state, presence),
    conversations,
  });
  return {
    ...next,
    session,
    level,
    features,
    limits,
    cursor,
    conversationsLoaded: true,
    welcomeCount: state.welcomeCount + 1,
  };
}

/** @param {State} state @param {Head} head @returns {State} */
function withHeadOf(state, head) {
  const known = state.conversations.get(head.conversation);
  // The title of a direct conversation is the present name of the other user.
  const named = withName(state, head.peer ?? '', head.title, { isKept: true });
  const next = putConversation(named, head.conversation, withHead(known, head, ownId(state)));
  return withNotificationsRead(next, head.conversation);
}

/**
 * Apply events of one conversation; events after a gap are held.
 * @param {State} state
 * @param {string} id
 * @param {ConversationEvent[]} events
 * @returns {State}
 */
function withEvents(state, id, events) {
  const me = ownId(state);
  const before = state.conversations.get(id);
  if (!before) return state;
  let { unknownEventCount } = state;
  let conversation = before;
  for (const event of events) {
    const after = applyOrHold(conversation, event, me);
    if (after === conversation) continue;
    conversation = after;
    unknownEventCount += CONVERSATION_KINDS.has(event.kind) ? 0 : 1;
  }
  if (conversation === before) return state;
  const notifications = events.reduce(withMessageChange, state.notifications);
  const changed = { ...state, unknownEventCount, notifications };
  const next = putConversation(changed, id, conversation);
  return events.reduce(
    (current, { kind, by }) =>
      kind === 'message.posted' ? withTyping(current, id, by, false, 0) : current,
    next,
  );
}

/**
 * An acknowledged change is applied as its event, which is held if earlier events are missing.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
function withRequestDone(state, frame) {
  const event = eventOfRequest(frame, ownId(state));
  return event ? withEvents(state, event.conversation, [event]) : withDeleted(state, frame.entry);
}

/**
 * An acknowledged message is added to the log as an event, so it is held if earlier events are
 * missing. Whom it mentions is what the service answered.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
function withSent(state, { entry, seq, offset, at, mentions }) {
  const { conversation, key, kind, body, reply_to } = /** @type {OutboxEntry} */ (entry);
  const data = { kind, body, reply_to, mentions, revision: 1 };
  const by = ownId(state);
  const session = state.session ?? undefined;
  const event = { conversation, offset, seq, kind: 'message.posted', by, at, key, session, data };
  return withEvents(state, conversation, [event]);
}
