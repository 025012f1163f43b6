import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { INITIAL_STATE, reduce } from '../../../src/entrypoints/web/client/store.js';
import { incompleteMessages } from '../../../src/entrypoints/web/client/store/loaded.js';
import { gapAfter } from '../../../src/entrypoints/web/client/store/conversations.js';

/** @import {Conversation, Frame, Head, LoggedMessage, State} from '../../../src/entrypoints/web/client/types.js' */

const ME = 'ada';
const TALK = 'talk';
const AT = '2026-01-02T03:04:05.000000Z';
const POLL = { question: 'When?', options: ['Friday', 'Saturday', 'Sunday'] };

/** A page with two messages; the second is a poll. @param {object} [more] @returns {Frame} */
const page = (more = {}) => ({
  type: 'page',
  conversation: TALK,
  page: {
    place: 'newest',
    base: 3,
    as_of: 3,
    more_before: false,
    more_after: false,
    messages: [
      { ...ID, seq: 1, offset: 2, key: 'k1', kind: 'text', body: { text: 'hi' } },
      { ...ID, seq: 2, offset: 3, key: 'k2', kind: 'poll', body: POLL },
    ],
    ...more,
  },
});
const ID = { conversation: TALK, by: 'bob', at: AT, revision: 1 };

/** @param {object} [more] */
const head = (more = {}) => ({
  ...{ conversation: TALK, kind: 'group', title: 'Talk', members: 3, seq: 2, offset: 3 },
  ...{ read: 2, received: 2, unread: 0, mentions: 0, pinned: false },
  ...more,
});

/** @param {State} state @param {...any} frames */
const play = (state, ...frames) => frames.reduce(reduce, state);

const START = play(
  INITIAL_STATE,
  { type: 'signed-in', me: { id: ME, handle: 'ada', display_name: 'Ada' }, device: 'here' },
  { type: 'welcome', cursor: '0', heads: [head()] },
);

/** @param {number} offset @param {string} kind @param {string} by @param {object} data */
const event = (offset, kind, by, data) => ({
  ...{ type: 'event', conversation: TALK, at: AT },
  ...{ offset, kind, by, data },
});
/** @param {number} offset @param {string} by @param {string} emoji @param {boolean} on @param {number} count */
const reaction = (offset, by, emoji, on, count) =>
  event(offset, 'reaction.set', by, { seq: 1, emoji, on, count });

/** @param {State} state @returns {Conversation} */
const talk = (state) => /** @type {Conversation} */ (state.conversations.get(TALK));
/** @param {State} state @param {number} [seq] @returns {LoggedMessage} */
const message = (state, seq = 1) =>
  /** @type {LoggedMessage} */ (talk(state).log.messages.find((one) => one.seq === seq));

describe('a reaction', () => {
  it("appears with its count, and one's own is marked", () => {
    const state = play(
      START,
      page(),
      reaction(4, 'bob', '👍', true, 1),
      reaction(5, ME, '👍', true, 2),
    );

    assert.deepEqual(message(state).reactions, [
      { emoji: '👍', count: 2, users: ['bob', ME], mine: true },
    ]);
  });

  it('stands in the order in which the emojis came, and goes with the last one', () => {
    const state = play(
      START,
      page(),
      reaction(4, 'bob', '👍', true, 1),
      reaction(5, 'bob', '🎉', true, 1),
      reaction(6, 'eve', '👍', true, 2),
    );
    assert.deepEqual(
      message(state).reactions?.map(({ emoji }) => emoji),
      ['👍', '🎉'],
    );

    const less = play(
      state,
      reaction(7, 'bob', '👍', false, 1),
      reaction(8, 'eve', '👍', false, 0),
    );
    assert.deepEqual(message(less).reactions, [{ emoji: '🎉', count: 1, users: ['bob'] }]);
    assert.equal('reactions' in message(play(less, reaction(9, 'bob', '🎉', false, 0))), false);
  });

  it('names ten people; one who takes back leaves, and nobody moves up', () => {
    const people = Array.from({ length: 12 }, (_, index) => `u${index}`);
    const all = people.map((by, index) => reaction(4 + index, by, '👍', true, index + 1));
    const state = play(START, page(), ...all);
    assert.deepEqual(message(state).reactions?.[0].users, people.slice(0, 10));

    const less = play(
      state,
      reaction(16, 'u3', '👍', false, 11),
      reaction(17, 'u10', '👍', false, 10),
    );
    const left = people.slice(0, 10).filter((one) => one !== 'u3');
    assert.deepEqual(message(less).reactions?.[0], { emoji: '👍', count: 10, users: left });
    const more = play(
      less,
      reaction(18, 'new', '👍', true, 11),
      reaction(19, 'newer', '👍', true, 12),
    );
    assert.deepEqual(message(more).reactions?.[0].users, [...left, 'new']);
  });

  it('on a message that is not loaded moves the offset alone', () => {
    const state = play(
      START,
      page(),
      event(4, 'reaction.set', 'bob', { seq: 99, emoji: '👍', on: true, count: 1 }),
    );

    assert.equal(talk(state).log.offset, 4);
    assert.equal(
      talk(state).log.messages.some(({ reactions }) => reactions),
      false,
    );
    assert.deepEqual(talk(state).log.systemMessages, []);
  });

  it('on a recalled message is ignored', () => {
    const recalled = {
      ...ID,
      seq: 1,
      offset: 2,
      key: 'k1',
      kind: '',
      body: {},
      recalled: { by: 'bob', at: AT },
    };
    const state = play(START, page({ messages: [recalled] }), reaction(4, 'eve', '👍', true, 1));

    assert.equal('reactions' in message(state), false);
  });
});

describe('a page that is newer than events on their way', () => {
  const reactions = [{ emoji: '👍', count: 1, users: ['bob'] }];
  const newer = {
    ...ID,
    seq: 1,
    offset: 2,
    key: 'k1',
    kind: 'text',
    body: { text: 'hi' },
    reactions,
  };

  it('is not changed by those that it contains', () => {
    const state = play(
      START,
      page({ messages: [newer], as_of: 6 }),
      reaction(4, 'eve', '👍', true, 2),
    );

    assert.deepEqual(message(state).reactions, reactions);
  });

  it('makes the events after it be fetched again, if they came before it', () => {
    const state = play(
      START,
      page(),
      reaction(4, 'bob', '👍', true, 1),
      reaction(5, 'eve', '👍', true, 2),
    );
    const late = play(state, page({ place: 'around', messages: [newer], as_of: 4 }));

    assert.equal(gapAfter(talk(late)), 4);
    const after = play(late, {
      type: 'events',
      conversation: TALK,
      events: [reaction(5, 'eve', '👍', true, 2)],
    });
    assert.deepEqual(message(after).reactions?.[0].users, ['bob', 'eve']);
    assert.equal(gapAfter(talk(after)), null);
  });
});

describe('a pin', () => {
  const pins = { type: 'pins', conversation: TALK, as_of: 3, pins: [] };

  it('marks its message and joins the list, once', () => {
    const on = event(4, 'pin.set', 'bob', { seq: 2, on: true });
    const state = play(START, page(), pins, on, on);

    assert.equal(message(state, 2).pinned, true);
    assert.deepEqual(
      talk(state).log.pins?.items.map(({ seq, by, message: one }) => [seq, by, one?.kind]),
      [[2, 'bob', 'poll']],
    );
    const off = play(state, event(5, 'pin.set', ME, { seq: 2, on: false }));
    assert.equal('pinned' in message(off, 2), false);
    assert.deepEqual(talk(off).log.pins?.items, []);
  });

  it('shows its message as it is now, and goes when that is recalled', () => {
    const old = { ...ID, seq: 9, offset: 1, key: 'k9', kind: 'text', body: { text: 'old' } };
    const listed = pinsOf([{ by: 'bob', at: AT, message: old }]);
    const edit = { seq: 9, kind: 'text', body: { text: 'new' }, revision: 2, edited_at: AT };
    const edited = play(START, page(), listed, event(4, 'message.edited', 'bob', edit));
    assert.equal(talk(edited).log.pins?.items[0].message?.body.text, 'new');

    const recalled = play(edited, event(5, 'message.recalled', 'bob', { seq: 9 }));
    assert.deepEqual(talk(recalled).log.pins?.items, []);
  });

  it('of a message that is not loaded waits for it', () => {
    const state = play(START, page(), pins, event(4, 'pin.set', 'bob', { seq: 9, on: true }));
    assert.equal(talk(state).log.pins?.items[0].message, null);

    const old = {
      ...ID,
      seq: 9,
      offset: 1,
      key: 'k9',
      kind: 'text',
      body: { text: 'old' },
      pinned: true,
    };
    const fresh = { type: 'messages', conversation: TALK, messages: [old], as_of: 4 };
    assert.equal(talk(play(state, fresh)).log.pins?.items[0].message?.body.text, 'old');
  });
});

describe('messages to load again', () => {
  it('are those that are pinned and not loaded; one that is not there is pinned no more', () => {
    const state = play(
      START,
      page(),
      pinsOf([]),
      event(4, 'pin.set', 'bob', { seq: 9, on: true }),
    );
    assert.deepEqual(incompleteMessages(talk(state).log), [9]);

    const answer = { type: 'messages', conversation: TALK, seqs: [9], messages: [], as_of: 4 };
    const after = play(state, answer);
    assert.deepEqual(incompleteMessages(talk(after).log), []);
    assert.deepEqual(talk(after).log.pins?.items, []);
  });
});

describe('a vote', () => {
  /** @param {number} offset @param {string} by @param {number[]} counts @param {object} [more] */
  const voted = (offset, by, counts, more = {}) =>
    event(offset, 'poll.voted', by, { seq: 2, counts, voters: Math.max(...counts), ...more });

  it('of others changes the counts and leaves the own choice', () => {
    const state = play(
      START,
      page(),
      voted(4, ME, [1, 0, 0], { options: [0] }),
      voted(5, 'bob', [2, 0, 0]),
    );
    assert.deepEqual(message(state, 2).votes, { counts: [2, 0, 0], voters: 2, mine: [0] });
    const back = play(state, voted(6, ME, [1, 0, 0], { options: [] }));
    assert.deepEqual(message(back, 2).votes, { counts: [1, 0, 0], voters: 1 });
  });

  it("on another device of one's own is unknown until the message is loaded again", () => {
    const state = play(START, page(), voted(4, ME, [0, 1, 0]));
    assert.equal(message(state, 2).votes?.isMineUnknown, true);

    const votes = { counts: [0, 1, 0], voters: 1, mine: [1] };
    const fresh = { ...ID, seq: 2, offset: 3, key: 'k2', kind: 'poll', body: POLL, votes };
    const after = play(state, {
      type: 'messages',
      conversation: TALK,
      messages: [fresh],
      as_of: 4,
    });
    assert.deepEqual(message(after, 2).votes, votes);
  });
});

describe('an edit that not all members may see', () => {
  it('leaves the message until it is loaded again', () => {
    const data = { seq: 1, kind: '', body: {}, revision: 2 };
    const state = play(START, page(), event(4, 'message.edited', 'bob', data));
    assert.equal(message(state).body.text, 'hi');
    assert.deepEqual(incompleteMessages(talk(state).log), [1]);

    const fresh = { ...ID, seq: 1, offset: 2, key: 'k1', kind: 'text', body: { text: 'hello' } };
    const after = play(state, {
      type: 'messages',
      conversation: TALK,
      messages: [{ ...fresh, revision: 2 }],
      as_of: 4,
    });
    assert.equal(message(after).body.text, 'hello');
    assert.deepEqual(incompleteMessages(talk(after).log), []);
  });

  it('of this user is loaded again where the service may have found a mention', () => {
    const done = (/** @type {string} */ text) => {
      const request = { type: 'message.edit', seq: 1, body: { text } };
      const entry = { conversation: TALK, request };
      const answer = { offset: 4, revision: 2 };
      return play(START, page(), { type: 'request-done', entry, answer, at: AT });
    };
    assert.equal(message(done('hi @bob')).body.text, 'hi @bob');
    assert.deepEqual(incompleteMessages(talk(done('hi @bob')).log), [1]);
    assert.deepEqual(incompleteMessages(talk(done('hi bob')).log), []);
  });
});

describe('a draft', () => {
  const draft = { text: 'Dear', at: AT };
  /** @param {State} state */
  const draftOf = (state) => talk(state).head.draft;
  /** @param {number} offset @param {object} data */
  const changed = (offset, data) => ({
    ...{ type: 'event.me', kind: 'draft.changed', at: AT },
    ...{ offset, data: { conversation: TALK, ...data } },
  });

  it('comes with the head, changes with each event and goes with null', () => {
    const state = play(START, { type: 'conversation', head: head({ draft }) });
    assert.deepEqual(draftOf(state), draft);
    const more = play(state, changed(1, { text: 'Dear Bob', reply_to: 2 }));
    assert.deepEqual(draftOf(more), { text: 'Dear Bob', at: AT, reply_to: 2 });
    assert.equal(draftOf(play(more, changed(2, { text: null }))), undefined);
  });

  it('comes with a head that is older than the log', () => {
    const state = play(START, reaction(4, 'bob', '👍', true, 1), {
      type: 'conversation',
      head: head({ draft }),
    });
    assert.deepEqual(draftOf(state), draft);
  });
});

describe('any history of edits, recalls, reactions, pins and votes', () => {
  /** A pseudo-random generator with a seed. @param {number} seed */
  const chance = (seed) => () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };

  for (let seed = 1; seed <= 20; seed++) {
    it(`is the same when a part of it comes again (${seed})`, () => {
      const random = chance(seed);
      const { events } = randomHistory(random, 60);
      const state = play(
        START,
        page(),
        { type: 'pins', conversation: TALK, as_of: 3, pins: [] },
        ...events,
      );
      const from = Math.floor(random() * events.length);
      const again = play(state, { ...page(), type: 'events', events: events.slice(from) });
      assert.equal(again, state);

      // A page that contains a part of what follows it.
      const { messages, pins } = talk(
        play(START, page(), pinsOf([]), ...events.slice(0, from)),
      ).log;
      const late = page({ messages, as_of: 3 + from, base: 3 });
      const joined = play(
        START,
        late,
        { ...pinsOf(pins?.items ?? []), as_of: 3 + from },
        ...events,
      );
      const { log } = talk(state);
      assert.deepEqual(talk(joined).log.messages.map(shown), log.messages.map(shown));
      assert.deepEqual(talk(joined).log.pins?.items.map(pinned), log.pins?.items.map(pinned));
    });
  }
});

/** @param {any[]} pins */
const pinsOf = (pins) => ({
  ...{ type: 'pins', conversation: TALK, as_of: 3 },
  pins: pins.toReversed(),
});

/** A message without what only says which events it contains. @param {LoggedMessage} message */
const shown = ({ asOf: _, ...message }) => message;
/** @param {import('../../../src/entrypoints/web/client/message-types.js').Pin} pin */
const pinned = ({ message, ...pin }) => ({ ...pin, message: message && shown(message) });

const KINDS = [
  'pin.set',
  'pin.set',
  'poll.voted',
  'poll.voted',
  'message.edited',
  'message.recalled',
];

/** @param {() => number} random @param {number} length */
function randomHistory(random, length) {
  /** @template T @param {T[]} all */
  const one = (all) => all[Math.floor(random() * all.length)];
  /** @type {Map<string, Set<string>>} */
  const held = new Map();
  /** @type {Map<string, number[]>} */
  const votes = new Map();
  const events = Array.from({ length }, (_, index) => {
    const by = one([ME, 'bob', 'eve', 'kim']);
    const offset = 4 + index;
    const kind = one([...Array(4).fill('reaction.set'), ...KINDS]);
    const seq = one([1, 2]);
    if (kind === 'message.recalled' && random() < 0.3) return event(offset, kind, by, { seq });
    if (kind === 'message.edited') {
      const content = { kind: 'text', body: { text: `at ${offset}` }, revision: offset };
      return event(offset, kind, by, { seq: 1, ...content, edited_at: AT });
    }
    const on = random() < 0.6;
    if (kind === 'pin.set') return event(offset, kind, by, { seq, on });
    if (kind === 'poll.voted') {
      const options = one([[], [0], [1], [0, 2]]);
      votes.set(by, options);
      const counts = [0, 1, 2].map(
        (option) => [...votes.values()].filter((chosen) => chosen.includes(option)).length,
      );
      const voters = [...votes.values()].filter((chosen) => chosen.length).length;
      return event(offset, kind, by, { seq: 2, counts, voters, options });
    }
    const emoji = one(['👍', '🎉', '❤️']);
    const users = held.get(`${seq}${emoji}`) ?? new Set();
    if (on) users.add(by);
    else users.delete(by);
    held.set(`${seq}${emoji}`, users);
    return event(offset, 'reaction.set', by, { seq, emoji, on, count: users.size });
  });
  return { events };
}
