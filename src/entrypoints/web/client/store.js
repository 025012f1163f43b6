/**
 * The store: what this client knows, as a pure function `(state, frame) → state`.
 *
 * A frame is either one that the service sent (`welcome`, `event`, `receipt` …) or, in the same
 * form, something this client learnt otherwise (`page`, `sent`, `outbox` …). Nothing here asks for
 * time, network or storage: a recorded run of frames always gives the same state.
 */

import { offer, withHead, withMembers, withRead, withReceipts } from './store/conversations.js';
import { KINDS } from './store/heads.js';
import { EMPTY, withNotes, withPage } from './store/log.js';
import { fromMessage, fromPrivate, markRead, settled } from './store/notices.js';
import { expireTyping, withPresence, withTyping, withUsers } from './store/people.js';

/**
 * @import {Conversation, ConversationEvent, Entry, Frame, Head, PrivateEvent, State} from './types.js'
 */

/** @type {Readonly<State>} */
export const INITIAL = Object.freeze(
  /** @type {State} */ ({
    phase: 'starting',
    me: null,
    device: null,
    link: { phase: 'idle' },
    epoch: 0,
    catchingUp: false,
    session: null,
    level: 0,
    features: [],
    limits: {},
    cursor: null,
    privateOffset: 0,
    listed: false,
    next: null,
    conversations: new Map(),
    users: new Map(),
    presence: new Map(),
    typing: new Map(),
    outbox: [],
    notices: [],
    skipped: 0,
  }),
);

/**
 * The state after a frame. A frame that changes nothing returns the very same state.
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
  // -- from the service --
  welcome,
  event: (state, frame) => withEvents(state, frame.conversation, [/** @type {any} */ (frame)]),
  'event.me': (state, frame) => withPrivate(state, /** @type {any} */ (frame)),
  receipt: (state, { conversation, user, received, read }) =>
    change(state, conversation, (c) => withReceipts(c, [{ user, received, read }], myself(state))),
  typing: (state, { conversation, user, on, now }) =>
    withTyping(state, conversation, user, on, now),
  presence: (state, { user, state: is, last_seen, text }) =>
    withPresence(state, [{ user, state: is, last_seen, text }]),

  // -- from answers --
  heads: (state, { heads, next = state.next }) => ({
    ...heads.reduce(withOneHead, state),
    next,
    listed: true,
  }),
  conversation: (state, { head }) => withOneHead(state, head),
  events: (state, { conversation, events }) => withEvents(state, conversation, events),
  private: (state, { events, cursor, reset }) => ({
    ...events.reduce(withPrivate, reset ? { ...state, privateOffset: 0 } : state),
    cursor,
  }),
  page: (state, { conversation, page }) =>
    change(state, conversation, (c) => ({ ...c, log: withPage(c.log, page) })),
  notes: (state, { conversation, events }) =>
    change(state, conversation, (c) => ({
      ...c,
      log: { ...c.log, notes: withNotes(c.log.notes, events) },
    })),
  left: (state, { conversation }) => change(state, conversation, (c) => ({ ...c, left: true })),
  forget: (state, { conversation }) =>
    change(state, conversation, (c) => ({ ...c, log: EMPTY, held: [] })),
  receipts: (state, { conversation, receipts }) =>
    change(state, conversation, (c) => withReceipts(c, receipts, myself(state))),
  members: (state, { conversation, members, fresh, complete }) =>
    change(withUsers(state, members.map(asUser)), conversation, (c) =>
      withMembers(c, members, fresh, complete),
    ),
  users: (state, { users }) => withUsers(state, users),
  presences: (state, { states }) => withPresence(state, states),
  renamed: (state, { me }) => withUsers({ ...state, me }, [me]),

  // -- from this device --
  'signed-in': (state, { me, device }) =>
    withUsers({ ...state, phase: 'signed-in', me, device }, [me]),
  'signed-out': () => ({ ...INITIAL, phase: 'signed-out' }),
  link: (state, { link }) => ({ ...state, link }),
  'catching-up': (state, { on }) =>
    state.catchingUp === on ? state : { ...state, catchingUp: on },
  outbox: (state, { entries }) => ({ ...state, outbox: entries }),
  sent,
  read: (state, { conversation, seq }) => read(state, conversation, seq),
  received: (state, { marks }) => Object.entries(marks).reduce(received, state),
  tick: (state, { now }) => expireTyping(state, now),
  'notices-read': (state) => ({ ...state, notices: markRead(state.notices, () => true) }),
};

/** @param {State} state */
const myself = (state) => state.me?.id ?? '';

/** @param {{user: string, handle: string, display_name: string}} member */
const asUser = ({ user, handle, display_name }) => ({ id: user, handle, display_name });

/**
 * @param {State} state
 * @param {string} id
 * @param {(conversation: Conversation) => Conversation} how
 * @returns {State}
 */
function change(state, id, how) {
  const known = state.conversations.get(id);
  if (!known) return state;
  const next = how(known);
  return next === known ? state : put(state, id, next);
}

/** @param {State} state @param {string} id @param {Conversation} conversation @returns {State} */
const put = (state, id, conversation) => ({
  ...state,
  conversations: new Map(state.conversations).set(id, conversation),
});

/**
 * A fresh welcome begins the list anew; one that resumes brings what changed.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
function welcome(state, frame) {
  const {
    session,
    level = 0,
    features = [],
    limits = {},
    cursor,
    heads = [],
    fresh = false,
  } = frame;
  const kept = new Set(heads.map((/** @type {Head} */ head) => head.conversation));
  const conversations = new Map([...state.conversations].filter(([id]) => !fresh || kept.has(id)));
  const next = heads.reduce(withOneHead, { ...state, conversations });
  return {
    ...next,
    session,
    level,
    features,
    limits,
    cursor,
    listed: true,
    epoch: state.epoch + 1,
  };
}

/** @param {State} state @param {Head} head @returns {State} */
function withOneHead(state, head) {
  const known = state.conversations.get(head.conversation);
  const next = put(state, head.conversation, withHead(known, head, myself(state)));
  return settle(next, head.conversation);
}

/** @param {State} state @param {string} id @param {ConversationEvent[]} events @returns {State} */
function withEvents(state, id, events) {
  const me = myself(state);
  const before = state.conversations.get(id);
  if (!before) return state;
  let { notices, skipped } = state;
  let conversation = before;
  for (const event of events) {
    const after = offer(conversation, event, me);
    if (after === conversation) continue;
    conversation = after;
    notices = state.features.includes('notifications') ? notices : fromMessage(notices, event, me);
    skipped += KINDS.has(event.kind) ? 0 : 1;
  }
  if (conversation === before) return state;
  const next = put({ ...state, notices, skipped }, id, conversation);
  return events.reduce(
    (current, { kind, by }) =>
      kind === 'message.posted' ? withTyping(current, id, by, false, 0) : current,
    next,
  );
}

/**
 * An event after a hole is not applied: the driver sees that the offset did not move, and asks.
 * @param {State} state
 * @param {PrivateEvent} event
 * @returns {State}
 */
function withPrivate(state, event) {
  if (state.privateOffset && event.offset !== state.privateOffset + 1) return state;
  const next = {
    ...state,
    privateOffset: event.offset,
    notices: fromPrivate(state.notices, event),
  };
  const { data } = event;
  switch (event.kind) {
    case 'read.moved':
      return read(next, data.conversation, data.seq);
    case 'settings.changed':
      return withSettings(next, data);
    case 'conversation.left':
      return change(next, data.conversation, (c) => ({ ...c, left: true }));
    default:
      return next;
  }
}

/** @param {State} state @param {Record<string, any>} data @returns {State} */
function withSettings(state, data) {
  if (data.display_name !== undefined && state.me) {
    const me = { ...state.me, display_name: data.display_name };
    return withUsers({ ...state, me }, [me]);
  }
  const { conversation, muted_until, pinned } = data;
  return change(state, conversation, (c) => ({
    ...c,
    head: { ...c.head, muted_until, pinned: pinned ?? c.head.pinned },
  }));
}

/** @param {State} state @param {string} id @param {number} seq @returns {State} */
const read = (state, id, seq) =>
  settle(
    change(state, id, (c) => withRead(c, seq, myself(state))),
    id,
  );

/** @param {State} state @param {string} id @returns {State} */
function settle(state, id) {
  const conversation = state.conversations.get(id);
  const notices = conversation ? settled(state.notices, conversation) : state.notices;
  return notices === state.notices ? state : { ...state, notices };
}

/** @param {State} state @param {[string, number]} mark @returns {State} */
const received = (state, [id, seq]) =>
  change(state, id, (c) =>
    seq <= c.head.received ? c : { ...c, head: { ...c.head, received: seq } },
  );

/**
 * The service acknowledged a message: it takes its place in the log like any other event, at once
 * or as soon as what stands before it has come.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
function sent(state, { entry, seq, offset, at }) {
  const { conversation, key, kind, body, reply_to, mentions } = /** @type {Entry} */ (entry);
  const data = { kind, body, reply_to, mentions, revision: 1 };
  const by = myself(state);
  const session = state.session ?? undefined;
  const event = { conversation, offset, seq, kind: 'message.posted', by, at, key, session, data };
  return withEvents(state, conversation, [event]);
}
