/**
 * The store: what this client knows, as a pure function `(state, frame) → state`.
 *
 * A frame is either one that the service sent (`welcome`, `event`, `receipt` …) or, in the same
 * form, something this client learnt otherwise (`page`, `sent`, `outbox` …). Nothing here asks for
 * time, network or storage: a recorded run of frames always gives the same state.
 */

import { change, listedNotices, myself, put, read, received, settle } from './store/changing.js';
import { offer, withHead, withMembers, withReceipts } from './store/conversations.js';
import { CONVERSATION_KINDS } from './store/kinds.js';
import { EMPTY, withNotes, withPage } from './store/log.js';
import { markRead } from './store/notices.js';
import { expireTyping, withPresence, withTyping, withUsers } from './store/people.js';
import { withPrivate } from './store/private.js';

/**
 * @import {ConversationEvent, Entry, Frame, Head, State} from './types.js'
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
    noticesNext: undefined,
    pushes: { status: 'unknown', preview: false },
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
  link: linked,
  'catching-up': (state, { on }) =>
    state.catchingUp === on ? state : { ...state, catchingUp: on },
  outbox: (state, { entries }) => ({ ...state, outbox: entries }),
  sent,
  read: (state, { conversation, seq }) => read(state, conversation, seq),
  received: (state, { marks }) => Object.entries(marks).reduce(received, state),
  tick: (state, { now }) => expireTyping(state, now),
  notices: listedNotices,
  'notices-read': (state, { ids }) => ({
    ...state,
    notices: markRead(state.notices, ({ id }) => !ids || ids.includes(id)),
  }),
  pushes: (state, { pushes }) => ({ ...state, pushes }),
};

/** @param {{user: string, handle: string, display_name: string}} member */
const asUser = ({ user, handle, display_name }) => ({ id: user, handle, display_name });

/**
 * While the line is down nobody knows who is there: that is better said than guessed.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
function linked(state, { link }) {
  const next = { ...state, link };
  if (link.phase !== 'waiting' && link.phase !== 'stopped') return next;
  const own = [...state.presence].filter(([user]) => user === myself(state));
  return { ...next, presence: new Map(own), typing: new Map() };
}

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
  let { skipped } = state;
  let conversation = before;
  for (const event of events) {
    const after = offer(conversation, event, me);
    if (after === conversation) continue;
    conversation = after;
    skipped += CONVERSATION_KINDS.has(event.kind) ? 0 : 1;
  }
  if (conversation === before) return state;
  const next = put({ ...state, skipped }, id, conversation);
  return events.reduce(
    (current, { kind, by }) =>
      kind === 'message.posted' ? withTyping(current, id, by, false, 0) : current,
    next,
  );
}

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
