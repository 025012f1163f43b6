import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { INITIAL_STATE, reduce } from '../../../src/entrypoints/web/client/store.js';
import { gapAfter } from '../../../src/entrypoints/web/client/store/conversations.js';
import { excerpt } from '../../../src/entrypoints/web/client/store/heads.js';
import { isUnread, unreadTotal } from '../../../src/entrypoints/web/client/store/selectors.js';
import { FakeNotifications } from '../fake/notifications.js';
import { FakeService } from '../fake/service.js';

/**
 * @import {Conversation, Frame, Head, State} from '../../../src/entrypoints/web/client/types.js'
 */

/** @param {State} state @param {...any} frames */
const play = (state, ...frames) => frames.reduce(reduce, state);

/** @param {any} me */
const signedIn = (me) => play(INITIAL_STATE, { type: 'signed-in', me, device: 'here' });

/** @param {State} state @param {string} id @returns {Conversation} */
const conversation = (state, id) => /** @type {Conversation} */ (state.conversations.get(id));

/** Two people in a group, and the state of the first. */
function group() {
  const world = new FakeService();
  const [alice, bob] = [world.addUser('alice'), world.addUser('bob')];
  const room = world.addRoom(alice.id, 'group', 'Lobby', [bob.id]);
  const state = play(signedIn(alice), {
    type: 'welcome',
    cursor: '0',
    heads: world.headsFor(alice.id),
  });
  return { world, alice, bob, room, state };
}

/** Heads as they are compared: what no event carries is left out. @param {Head} head */
const comparable = ({ received: _received, ...head }) => head;

describe('the gap rule', () => {
  it('applies the event that follows, and ignores one it has seen', () => {
    const { world, bob, room, state } = group();
    world.sendAs(bob.id, room.id, 'hi');
    const event = room.events[1];
    const once = play(state, event);

    assert.equal(conversation(once, room.id).head.unread, 1);
    assert.equal(play(once, event), once);
  });

  it('holds an event after a hole and applies it once the hole is filled', () => {
    const { world, bob, room, state } = group();
    for (const text of ['one', 'two', 'three']) world.sendAs(bob.id, room.id, text);
    const [, one, two, three] = room.events;
    const torn = play(state, three, two);

    assert.equal(conversation(torn, room.id).head.seq, 0);
    assert.equal(gapAfter(conversation(torn, room.id)), 1);
    const whole = play(torn, one);
    assert.equal(conversation(whole, room.id).head.seq, 3);
    assert.equal(conversation(whole, room.id).head.unread, 3);
    assert.equal(gapAfter(conversation(whole, room.id)), null);
  });

  it('puts an acknowledged message where the log has it, not where the answer arrived', () => {
    const { world, alice, bob, room, state } = group();
    const page = { messages: [], more_before: false, more_after: false, place: 'newest', base: 1 };
    world.sendAs(bob.id, room.id, 'first');
    const entry = { key: 'k', conversation: room.id, kind: 'text', body: { text: 'second' } };
    const ok = world.sendMessage(alice.id, entry);
    const early = play(
      state,
      { type: 'page', conversation: room.id, page },
      { type: 'sent', entry, ...ok },
    );
    assert.equal(conversation(early, room.id).log.messages.length, 0);

    const after = play(early, room.events[1]);
    assert.deepEqual(
      conversation(after, room.id).log.messages.map((message) => message.body.text),
      ['first', 'second'],
    );
  });

  it('counts and skips kinds that it does not know, without losing its place', () => {
    const { world, bob, room, state } = group();
    world.append(room, bob.id, 'reaction.set', { seq: 1, emoji: '👍', on: true });
    world.sendAs(bob.id, room.id, 'hi');
    const next = play(state, ...room.events.slice(1));

    assert.equal(next.unknownEventCount, 1);
    assert.equal(conversation(next, room.id).head.seq, 1);
  });
});

describe('the law of the snapshot', () => {
  /** A small generator: the same numbers in each run. @param {number} seed */
  const chance = (seed) => () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };

  for (let seed = 1; seed <= 25; seed++) {
    it(`holds: stale heads and every event since equal fresh heads (run ${seed})`, () => {
      const { world, alice, bob, room, state } = group();
      const random = chance(seed);
      /** @type {Frame[]} */
      const frames = [];
      world.publish = (users, frame) => void (users.includes(alice.id) && frames.push(frame));
      for (let step = 0; step < 40; step++) act(world, room, alice.id, bob.id, random);
      const torn = shuffle(
        frames.filter((frame) => frame.type === 'event'),
        random,
      );
      const rest = frames.filter((frame) => frame.type !== 'event');
      const after = play(state, ...torn, ...rest);

      const fresh = /** @type {any} */ (world.headFor(alice.id, room));
      assert.deepEqual(comparable(conversation(after, room.id).head), comparable(fresh));
    });
  }

  /**
   * @param {FakeService} world
   * @param {any} room
   * @param {string} alice
   * @param {string} bob
   * @param {() => number} random
   */
  function act(world, room, alice, bob, random) {
    const dice = random();
    if (dice < 0.4) world.sendAs(bob, room.id, `text ${dice}`, dice < 0.1 ? [alice] : undefined);
    else if (dice < 0.6) world.sendAs(alice, room.id, 'mine');
    else if (dice < 0.7)
      world.addMembers(alice, room.id, [world.addUser(`guest-${world.users.size}`).id]);
    else if (dice < 0.75) world.append(room, bob, 'pin.set', { seq: 1, on: true });
    // Read marks are told to the end: in between, only the service can count.
    else if (dice < 0.9) world.moveMarks(alice, room.id, { read: room.seq });
  }

  /** Neighbours change places. @param {Frame[]} frames @param {() => number} random */
  function shuffle(frames, random) {
    const next = [...frames];
    for (let index = 1; index < next.length; index++) {
      if (random() < 0.3) [next[index - 1], next[index]] = [next[index], next[index - 1]];
    }
    return next;
  }
});

describe('presence', () => {
  it('of others is not known while the line is down', () => {
    const { alice, bob, room, state } = group();
    const there = play(
      state,
      { type: 'presence', user: bob.id, state: 'online' },
      { type: 'presence', user: alice.id, state: 'busy' },
      { type: 'typing', conversation: room.id, user: bob.id, on: true, now: 0 },
    );
    const down = play(there, { type: 'connection', connection: { phase: 'waiting', until: 1 } });

    assert.equal(down.presence.get(bob.id), undefined);
    assert.equal(down.presence.get(alice.id)?.state, 'busy');
    assert.equal(down.typing.size, 0);
  });
});

describe('counting', () => {
  it('never counts own messages, and mentions among those of others', () => {
    const { world, alice, bob, room, state } = group();
    world.sendAs(alice.id, room.id, 'mine');
    world.sendAs(bob.id, room.id, 'hi @alice', [alice.id]);
    world.sendAs(bob.id, room.id, 'hi all', ['all']);
    const { head } = conversation(play(state, ...room.events), room.id);

    assert.equal(head.unread, 2);
    assert.equal(head.mentions, 2);
  });

  it('counts exactly what lies beyond a mark where it is loaded', () => {
    const { world, alice, bob, room, state } = group();
    for (const text of ['1', '2', '3']) world.sendAs(bob.id, room.id, text);
    world.sendAs(alice.id, room.id, 'mine');
    const page = { messages: [], more_before: false, more_after: false, place: 'newest', base: 1 };
    const loaded = play(state, { type: 'page', conversation: room.id, page }, ...room.events);
    const read = play(loaded, { type: 'read', conversation: room.id, seq: 2 });

    assert.equal(conversation(read, room.id).head.unread, 1);
    assert.equal(play(read, { type: 'read', conversation: room.id, seq: 1 }), read);
  });

  it('settles notices of what was read', () => {
    const { world, alice, bob, room, state } = group();
    new FakeNotifications(world).mentionUser(alice.id, bob.id, room.id, 'hi @alice');
    const told = play(state, ...room.events, alice.log.at(-1));
    assert.deepEqual(
      told.notifications.map((/** @type {any} */ notice) => [notice.kind, notice.read]),
      [['mention', false]],
    );

    const read = play(told, { type: 'read', conversation: room.id, seq: 1 });
    assert.equal(read.notifications[0].read, true);
  });

  it('makes an excerpt of one line, in whole characters', () => {
    assert.equal(excerpt('  two\n\nwords  '), 'two words');
    assert.equal([...excerpt('🙂'.repeat(300))].length, 140);
  });
});

describe('members', () => {
  it('come and go with the events, and a newcomer does not take back ticks', () => {
    const { world, alice, room, state } = group();
    const carol = world.addUser('carol');
    world.sendAs(alice.id, room.id, 'hello');
    world.addMembers(alice.id, room.id, [carol.id]);
    const next = play(state, ...room.events);

    assert.equal(conversation(next, room.id).head.members, 3);
    assert.deepEqual(conversation(next, room.id).receipts.get(carol.id), { received: 1, read: 1 });
  });

  it('who is removed leaves the conversation, and it stays readable', () => {
    const { world, alice, bob, room } = group();
    const state = play(signedIn(bob), {
      type: 'welcome',
      cursor: '0',
      heads: world.headsFor(bob.id),
    });
    world.removeMember(alice.id, room.id, bob.id);
    const next = play(state, ...room.events);

    assert.equal(conversation(next, room.id).left, true);
  });
});

describe('the private log', () => {
  it('waits where an event stands after a hole', () => {
    const { room, state } = group();
    const settings = (/** @type {number} */ offset, /** @type {boolean} */ pinned) => ({
      type: 'event.me',
      offset,
      kind: 'settings.changed',
      at: '2026-01-02T03:04:05Z',
      data: { conversation: room.id, muted_until: null, pinned },
    });
    const first = play(state, settings(7, true));
    const torn = play(first, settings(9, false));

    assert.equal(torn.privateOffset, 7);
    assert.equal(conversation(torn, room.id).head.pinned, true);
  });

  it('marks a conversation as unread until it is read, and the title does not count it', () => {
    const { room, state } = group();
    const told = (/** @type {string} */ kind, /** @type {any} */ data) => ({
      type: 'event.me',
      offset: 0,
      kind,
      at: '2026-01-02T03:04:05Z',
      data: { conversation: room.id, ...data },
    });
    const marked = play(state, told('settings.changed', { pinned: false, marked_unread: true }));
    assert.equal(isUnread(conversation(marked, room.id).head), true);
    assert.equal(unreadTotal(marked, 0), 0);

    // A service of the first level doesn't know of the mark.
    const pinned = play(marked, told('settings.changed', { pinned: true }));
    assert.equal(isUnread(conversation(pinned, room.id).head), true);
    const seq = conversation(marked, room.id).head.read;
    const read = play(marked, told('read.moved', { seq }));
    assert.equal(isUnread(conversation(read, room.id).head), false);
  });

  it('takes the mark of unread from a head, also from one that is behind', () => {
    const { world, alice, bob, room, state } = group();
    const behind = { ...world.headFor(alice.id, room), marked_unread: true };
    world.sendAs(bob.id, room.id, 'hi');
    const ahead = play(state, ...room.events);
    const marked = play(ahead, { type: 'conversation', head: behind });
    const { head } = conversation(marked, room.id);

    assert.deepEqual([head.marked_unread, head.seq], [true, 1]);
    const without = play(marked, {
      type: 'conversation',
      head: { ...head, marked_unread: undefined },
    });
    assert.equal(isUnread({ ...conversation(without, room.id).head, unread: 0 }), false);
  });
});
