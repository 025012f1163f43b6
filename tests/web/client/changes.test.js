import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import {
  presentMessage,
  shownMessage,
} from '../../../src/entrypoints/web/client/store/changes.js';
import { ServiceRefusal } from '../fake/service.js';
import { aliceAndBob, framesOfType } from '../fake/setup.js';
import { TestEnvironment } from '../fake/environment.js';

/** @import {Client} from '../../../src/entrypoints/web/client/client.js' */
/** @import {LoggedMessage} from '../../../src/entrypoints/web/client/types.js' */

/** Alice's client, which has opened a group with a message of Bob. */
async function setUp() {
  const base = await aliceAndBob();
  const { env, client, bob, room } = base;
  env.service.sendAs(bob.id, room.id, 'hi');
  await client.open(room.id);
  await env.clock.pass(600);
  /** What the service has accepted. @type {any[]} */
  const accepted = [];
  env.sockets.overrides.set('reaction.set', (frame) => {
    accepted.push(frame);
    const event = env.service.append(room, base.alice, 'reaction.set', {
      ...{ seq: frame.seq, emoji: frame.emoji, on: frame.on, count: Number(frame.on) },
    });
    return { offset: event.offset, count: Number(frame.on), replayed: false };
  });
  return { ...base, accepted };
}

/** @param {Client} client @param {string} id @returns {LoggedMessage} */
const first = (client, id) =>
  shownMessage(
    client.state,
    /** @type {LoggedMessage} */ (client.state.conversations.get(id)?.log.messages[0]),
  );

/** @param {Client} client @param {string} conversation @param {string} emoji @param {boolean} on */
const react = (client, conversation, emoji, on) =>
  client.changes.set({ type: 'reaction.set', conversation, seq: 1, emoji, on });

describe('a message that was rendered before it changed', () => {
  it('is looked up as it is now', async () => {
    const { env, client, room } = await setUp();
    const rendered = /** @type {LoggedMessage} */ (
      client.state.conversations.get(room.id)?.log.messages[0]
    );
    await Promise.all([react(client, room.id, '👍', true), env.clock.pass(10)]);
    assert.equal(rendered.reactions, undefined);
    assert.equal(presentMessage(client.state, rendered).reactions?.[0].mine, true);
  });
});

describe('a reaction', () => {
  it('is shown at once, and is in the log after its acknowledgement', async () => {
    const { env, client, alice, room } = await setUp();
    const syncs = framesOfType(env, 'sync').length;
    const answer = react(client, room.id, '👍', true);
    const shown = [{ emoji: '👍', count: 1, users: [alice], mine: true }];
    assert.deepEqual(first(client, room.id).reactions, shown);

    await Promise.all([answer, env.clock.pass(10)]);
    assert.deepEqual(client.state.changes, []);
    assert.deepEqual(first(client, room.id).reactions, shown);
    await env.clock.pass(600);
    assert.equal(framesOfType(env, 'sync').length, syncs);
  });

  it('disappears again if the service refuses it', async () => {
    const { env, client, room } = await setUp();
    env.sockets.overrides.set('reaction.set', () => {
      throw new ServiceRefusal(409, 'conflict');
    });
    const answer = assert.rejects(react(client, room.id, '👍', true), { code: 'conflict' });
    assert.equal(first(client, room.id).reactions?.length, 1);

    await Promise.all([answer, env.clock.pass(10)]);
    assert.equal(first(client, room.id).reactions, undefined);
    assert.deepEqual(client.state.changes, []);
  });

  it('waits while there is no connection; the last choice of each emoji is sent, in order', async () => {
    const { env, client, room, accepted } = await setUp();
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    react(client, room.id, '👍', true);
    react(client, room.id, '🎉', true);
    react(client, room.id, '👍', false);
    react(client, room.id, '❤️', true);
    await env.clock.pass(5_000);
    assert.deepEqual(accepted, []);
    assert.deepEqual(
      first(client, room.id).reactions?.map(({ emoji }) => emoji),
      ['🎉', '❤️'],
    );

    env.sockets.acceptsConnections = true;
    await env.clock.pass(60_000);
    assert.deepEqual(
      accepted.map(({ emoji, on }) => [emoji, on]),
      [
        ['🎉', true],
        ['👍', false],
        ['❤️', true],
      ],
    );
    assert.deepEqual(client.state.changes, []);
  });

  it('stays until its event is there, if others came before', async () => {
    const { env, client, alice, bob, room } = await setUp();
    env.sockets.overrides.set('reaction.set', () => {
      env.service.publish = () => {};
      env.service.append(room, bob.id, 'reaction.set', {
        seq: 1,
        emoji: '👍',
        on: true,
        count: 1,
      });
      const data = { seq: 1, emoji: '👍', on: true, count: 2 };
      const { offset } = env.service.append(room, alice, 'reaction.set', data);
      return { offset, count: 2, replayed: false };
    });
    await Promise.all([react(client, room.id, '👍', true), env.clock.pass(10)]);
    assert.deepEqual(first(client, room.id).reactions?.[0].mine, true);

    await env.clock.pass(1_000);
    assert.deepEqual(first(client, room.id).reactions, [
      { emoji: '👍', count: 2, users: [bob.id, alice], mine: true },
    ]);
    assert.deepEqual(client.state.changes, []);
  });

  it('that already stood so leaves the log alone', async () => {
    const { env, client, room } = await setUp();
    env.sockets.overrides.set('reaction.set', () => ({ offset: 2, count: 1, replayed: true }));
    const { offset } = /** @type {any} */ (client.state.conversations.get(room.id)).log;
    await Promise.all([react(client, room.id, '👍', true), env.clock.pass(10)]);

    assert.deepEqual(client.state.changes, []);
    assert.equal(client.state.conversations.get(room.id)?.log.offset, offset);
  });

  it('whose answer was lost is sent again', async () => {
    const { env, client, room, accepted } = await setUp();
    env.sockets.dropAnswersTo.add('reaction.set');
    const answer = react(client, room.id, '👍', true);
    await env.clock.pass(100);
    env.sockets.dropAnswersTo.clear();
    await Promise.all([answer, env.clock.pass(60_000)]);
    assert.equal(accepted.length, 2);
    assert.deepEqual(client.state.changes, []);
  });
});

describe('a change that was not sent', () => {
  it('is sent by the next page', async () => {
    const storage = memoryStorage();
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice', { storage });
    const bob = env.service.addUser('bob');
    const id = await client.conversations.openDirect(bob.id);
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    react(client, id, '👍', true);
    await env.clock.pass(100);

    env.sockets.acceptsConnections = true;
    const next = env.openPage({ storage });
    await next.start();
    await env.clock.pass(100);
    assert.deepEqual(
      framesOfType(env, 'reaction.set').map(({ conversation, seq, emoji, on }) => [
        ...[conversation, seq, emoji, on],
      ]),
      [[id, 1, '👍', true]],
    );
  });
});

describe('a vote', () => {
  it('is counted at once, and exactly once', async () => {
    const { env, client, alice, bob, room } = await setUp();
    const body = { question: 'When?', options: ['Friday', 'Saturday'] };
    env.service.append(
      room,
      bob.id,
      'message.posted',
      { kind: 'poll', body, revision: 1 },
      {
        seq: 2,
        key: 'poll',
      },
    );
    await env.clock.pass(1_000);
    env.sockets.overrides.set('poll.vote', ({ options }) => {
      const counts = [0, 1].map((index) => Number(options.includes(index)));
      const data = { seq: 2, counts, voters: 1, options };
      return {
        offset: env.service.append(room, alice, 'poll.voted', data).offset,
        replayed: false,
      };
    });
    const poll = () =>
      shownMessage(
        client.state,
        /** @type {any} */ (client.state.conversations.get(room.id)?.log.messages.at(-1)),
      );
    const wanted = { conversation: room.id, seq: 2, options: [1] };
    const answer = client.changes.set({ ...wanted, type: 'poll.vote' });
    assert.deepEqual(poll().votes, { counts: [0, 1], voters: 1, mine: [1] });

    await Promise.all([answer, env.clock.pass(10)]);
    assert.deepEqual(client.state.changes, []);
    assert.deepEqual(poll().votes, { counts: [0, 1], voters: 1, mine: [1] });
  });
});
