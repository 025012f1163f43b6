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
  const service = new FakeService();
  const [alice, bob] = [service.addUser('alice'), service.addUser('bob')];
  const room = service.addRoom(alice.id, 'group', 'Lobby', [bob.id]);
  const state = play(signedIn(alice), {
    type: 'welcome',
    cursor: '0',
    heads: service.headsFor(alice.id),
  });
  return { service, alice, bob, room, state };
}

/** A head as it is compared: without what no event contains. @param {Head} head */
const comparable = ({ received: _received, ...head }) => head;

describe('the name of another user', () => {
  it('arrives while they are watched, and with the head of a direct conversation', () => {
    const service = new FakeService();
    const [alice, bob] = [service.addUser('alice'), service.addUser('bob', 'Bob')];
    const direct = service.addRoom(alice.id, 'direct', '', [bob.id]);
    const state = play(
      signedIn(alice),
      { type: 'welcome', cursor: '0', heads: service.headsFor(alice.id) },
      { type: 'users', users: [bob] },
    );
    const nameIn = (/** @type {State} */ one) => one.users.get(bob.id)?.display_name;

    const frame = { type: 'profile', user: bob.id, display_name: 'Robert' };
    assert.equal(nameIn(play(state, frame)), 'Robert');
    bob.display_name = 'Bobby';
    const head = service.headFor(alice.id, direct);
    assert.equal(nameIn(play(state, { type: 'conversation', head })), 'Bobby');
    const stranger = { ...frame, user: 'somebody' };
    assert.equal(play(state, stranger), state);
  });
});

describe('the gap rule', () => {
  it('applies the next event and ignores known ones', () => {
    const { service, bob, room, state } = group();
    service.sendAs(bob.id, room.id, 'hi');
    const event = room.events[1];
    const once = play(state, event);

    assert.equal(conversation(once, room.id).head.unread, 1);
    assert.equal(play(once, event), once);
  });

  it('holds events after a gap until the gap is closed', () => {
    const { service, bob, room, state } = group();
    for (const text of ['one', 'two', 'three']) service.sendAs(bob.id, room.id, text);
    const [, one, two, three] = room.events;
    const torn = play(state, three, two);

    assert.equal(conversation(torn, room.id).head.seq, 0);
    assert.equal(gapAfter(conversation(torn, room.id)), 1);
    const whole = play(torn, one);
    assert.equal(conversation(whole, room.id).head.seq, 3);
    assert.equal(conversation(whole, room.id).head.unread, 3);
    assert.equal(gapAfter(conversation(whole, room.id)), null);
  });

  it('places an acknowledged message by its offset, not by the time of the answer', () => {
    const { service, alice, bob, room, state } = group();
    const page = { messages: [], more_before: false, more_after: false, place: 'newest', base: 1 };
    service.sendAs(bob.id, room.id, 'first');
    const entry = { key: 'k', conversation: room.id, kind: 'text', body: { text: 'second' } };
    const ok = service.sendMessage(alice.id, entry);
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

  it('counts and skips unknown kinds, and advances the offset', () => {
    const { service, bob, room, state } = group();
    service.append(room, bob.id, 'pet.fed', { seq: 1, emoji: '👍', on: true });
    service.sendAs(bob.id, room.id, 'hi');
    const next = play(state, ...room.events.slice(1));

    assert.equal(next.unknownEventCount, 1);
    assert.equal(conversation(next, room.id).head.seq, 1);
  });
});

describe('the snapshot property', () => {
  /** A pseudo-random generator with a seed. @param {number} seed */
  const chance = (seed) => () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };

  for (let seed = 1; seed <= 25; seed++) {
    it(`holds: stale heads and every event since equal fresh heads (run ${seed})`, () => {
      const { service, alice, bob, room, state } = group();
      const random = chance(seed);
      /** @type {Frame[]} */
      const frames = [];
      service.publish = (users, frame) => void (users.includes(alice.id) && frames.push(frame));
      for (let step = 0; step < 40; step++) act(service, room, alice.id, bob.id, random);
      const torn = shuffle(
        frames.filter((frame) => frame.type === 'event'),
        random,
      );
      const rest = frames.filter((frame) => frame.type !== 'event');
      const after = play(state, ...torn, ...rest);

      const fresh = /** @type {any} */ (service.headFor(alice.id, room));
      assert.deepEqual(comparable(conversation(after, room.id).head), comparable(fresh));
    });
  }

  /**
   * @param {FakeService} service
   * @param {any} room
   * @param {string} alice
   * @param {string} bob
   * @param {() => number} random
   */
  function act(service, room, alice, bob, random) {
    const dice = random();
    if (dice < 0.4) service.sendAs(bob, room.id, `text ${dice}`, dice < 0.1 ? [alice] : undefined);
    else if (dice < 0.6) service.sendAs(alice, room.id, 'mine');
    else if (dice < 0.7)
      service.addMembers(alice, room.id, [service.addUser(`guest-${service.users.size}`).id]);
    else if (dice < 0.75) service.append(room, bob, 'pin.set', { seq: 1, on: true });
    // Read marks are moved to the end: in between, only the service can count.
    else if (dice < 0.9) service.moveMarks(alice, room.id, { read: room.seq });
  }

  /**
   * Swap some neighbours.
   * @param {Frame[]} frames
   * @param {() => number} random
   */
  function shuffle(frames, random) {
    const next = [...frames];
    for (let index = 1; index < next.length; index++) {
      if (random() < 0.3) [next[index - 1], next[index]] = [next[index], next[index - 1]];
    }
    return next;
  }
});

describe('presence', () => {
  it('of others is unknown while disconnected', () => {
    const { bob, room, state } = group();
    const there = play(
      state,
      { type: 'presence', user: bob.id, state: 'online' },
      { type: 'typing', conversation: room.id, user: bob.id, on: true, now: 0 },
    );
    const down = play(there, { type: 'connection', connection: { phase: 'waiting', until: 1 } });

    assert.equal(down.presence.get(bob.id), undefined);
    assert.equal(down.typing.size, 0);
  });

  it('of oneself is what was chosen, on this device or another, also while disconnected', () => {
    const { alice, state } = group();
    const busy = { state: 'busy', text: 'in a meeting' };
    const chosen = play(state, { type: 'presence-chosen', presence: busy });
    const down = play(chosen, { type: 'connection', connection: { phase: 'waiting', until: 1 } });
    assert.deepEqual(down.me?.presence, busy);

    const welcome = { type: 'welcome', session: 's', cursor: 'c', heads: [] };
    const back = play(down, { ...welcome, presence: { state: 'invisible' } });
    assert.deepEqual(back.me?.presence, { state: 'invisible' });
    assert.deepEqual(play(back, welcome).me?.presence, { state: 'invisible' });

    // The answer that renewed the token was read before.
    const renewed = play(back, {
      type: 'signed-in',
      me: { ...alice, presence: busy },
      device: 'd',
    });
    assert.deepEqual(renewed.me?.presence, { state: 'invisible' });

    const data = { state: 'online' };
    const elsewhere = play(renewed, {
      type: 'event.me',
      offset: renewed.privateOffset + 1,
      kind: 'presence.changed',
      data,
    });
    assert.deepEqual(elsewhere.me?.presence, data);
  });
});

describe('counting', () => {
  it('counts messages and mentions of others, never own ones', () => {
    const { service, alice, bob, room, state } = group();
    service.sendAs(alice.id, room.id, 'mine');
    service.sendAs(bob.id, room.id, 'hi @alice', [alice.id]);
    service.sendAs(bob.id, room.id, 'hi all', ['all']);
    const { head } = conversation(play(state, ...room.events), room.id);

    assert.equal(head.unread, 2);
    assert.equal(head.mentions, 2);
  });

  it('is exact after a read mark if the messages are loaded', () => {
    const { service, alice, bob, room, state } = group();
    for (const text of ['1', '2', '3']) service.sendAs(bob.id, room.id, text);
    service.sendAs(alice.id, room.id, 'mine');
    const page = { messages: [], more_before: false, more_after: false, place: 'newest', base: 1 };
    const loaded = play(state, { type: 'page', conversation: room.id, page }, ...room.events);
    const read = play(loaded, { type: 'read', conversation: room.id, seq: 2 });

    assert.equal(conversation(read, room.id).head.unread, 1);
    assert.equal(play(read, { type: 'read', conversation: room.id, seq: 1 }), read);
  });

  it('marks notifications of read messages as read', () => {
    const { service, alice, bob, room, state } = group();
    new FakeNotifications(service).mentionUser(alice.id, bob.id, room.id, 'hi @alice');
    const told = play(state, ...room.events, alice.log.at(-1));
    assert.deepEqual(
      told.notifications.map((/** @type {any} */ notice) => [notice.kind, notice.read]),
      [['mention', false]],
    );

    const read = play(told, { type: 'read', conversation: room.id, seq: 1 });
    assert.equal(read.notifications[0].read, true);
  });

  it('makes excerpts of one line, in whole characters', () => {
    assert.equal(excerpt('text', { text: '  two\n\n**words**  ' }), 'two words');
    assert.equal(excerpt('example.note', { text: '**two**' }), '**two**');
    assert.equal([...excerpt('poll', { question: '🙂'.repeat(300) })].length, 140);
  });
});

describe('members', () => {
  it('are added by events, and a new member does not reduce the delivery status', () => {
    const { service, alice, room, state } = group();
    const carol = service.addUser('carol');
    service.sendAs(alice.id, room.id, 'hello');
    service.addMembers(alice.id, room.id, [carol.id]);
    const next = play(state, ...room.events);

    assert.equal(conversation(next, room.id).head.members, 3);
    assert.deepEqual(conversation(next, room.id).receipts.get(carol.id), { received: 1, read: 1 });
  });

  it('that were removed keep a readable conversation marked as left', () => {
    const { service, alice, bob, room } = group();
    const state = play(signedIn(bob), {
      type: 'welcome',
      cursor: '0',
      heads: service.headsFor(bob.id),
    });
    service.removeMember(alice.id, room.id, bob.id);
    const next = play(state, ...room.events);

    assert.equal(conversation(next, room.id).left, true);
  });
});

describe('the private log', () => {
  it('does not apply events after a gap', () => {
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

  it('marks a conversation as unread until it is read, without counting in the title', () => {
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

    // A service of level 1 does not know the mark.
    const pinned = play(marked, told('settings.changed', { pinned: true }));
    assert.equal(isUnread(conversation(pinned, room.id).head), true);
    const seq = conversation(marked, room.id).head.read;
    const read = play(marked, told('read.moved', { seq }));
    assert.equal(isUnread(conversation(read, room.id).head), false);
  });

  it('takes the mark "unread" from a head, even from an older one', () => {
    const { service, alice, bob, room, state } = group();
    const behind = { ...service.headFor(alice.id, room), marked_unread: true };
    service.sendAs(bob.id, room.id, 'hi');
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
