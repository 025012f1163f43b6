import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { gapsBetween, rangesOf } from '../../../src/entrypoints/web/client/history.js';
import { sortedConversations } from '../../../src/entrypoints/web/client/store/selectors.js';
import { TestEnvironment } from '../fake/environment.js';
import { aliceAndBob, framesOfType } from '../fake/setup.js';

describe('a conversation', () => {
  it('appears when somebody else creates it', async () => {
    const { client, room } = await aliceAndBob();
    assert.equal(client.state.conversations.get(room.id)?.head.title, 'Lobby');
  });

  it('is marked as left and not listed after this user was removed', async () => {
    const { env, client, alice, bob, room, conversation } = await aliceAndBob();
    env.service.removeMember(bob.id, room.id, alice);
    await env.clock.pass(100);

    assert.equal(conversation().left, true);
    assert.deepEqual(sortedConversations(client.state), []);
  });

  it('reappears after this user was added again', async () => {
    const { env, alice, bob, room, conversation } = await aliceAndBob();
    env.service.removeMember(bob.id, room.id, alice);
    await env.clock.pass(100);
    env.service.addMembers(bob.id, room.id, [alice]);
    await env.clock.pass(100);

    assert.equal(conversation().left, false);
  });
});

describe('a lost event', () => {
  it('is requested after half a second, without duplicates', async () => {
    const { env, client, bob, room, texts } = await aliceAndBob();
    await client.open(room.id);
    await env.clock.pass(600);
    const publish = env.service.publish;
    env.service.publish = () => {};
    env.service.sendAs(bob.id, room.id, 'lost');
    env.service.publish = publish;
    env.service.sendAs(bob.id, room.id, 'heard');
    await env.clock.pass(400);
    assert.deepEqual(texts(), []);

    await env.clock.pass(200);
    assert.deepEqual(texts(), ['lost', 'heard']);
    assert.equal(framesOfType(env, 'sync').length, 1);
  });

  it('is not requested if it arrives within half a second', async () => {
    const { env, client, bob, room, texts } = await aliceAndBob();
    await client.open(room.id);
    await env.clock.pass(600);
    /** @type {any[]} */
    const caught = [];
    const publish = env.service.publish;
    env.service.publish = (...event) => void caught.push(event);
    env.service.sendAs(bob.id, room.id, 'one');
    env.service.sendAs(bob.id, room.id, 'two');
    for (const event of caught.reverse()) publish(.../** @type {[any, any]} */ (event));
    await env.clock.pass(1_000);

    assert.deepEqual(texts(), ['one', 'two']);
    assert.equal(framesOfType(env, 'sync').length, 0);
  });
});

describe('a resync', () => {
  it('fetches lost events without resetting the log', async () => {
    const { env, client, bob, room, texts } = await aliceAndBob();
    await client.open(room.id);
    env.service.sendAs(bob.id, room.id, 'heard');
    await env.clock.pass(600);
    const publish = env.service.publish;
    env.service.publish = () => {};
    env.service.sendAs(bob.id, room.id, 'lost');
    env.service.publish = publish;
    const seen = new Set();
    client.subscribe((_, frame) => seen.add(frame.type));
    for (const socket of env.sockets.open)
      socket.receive({ type: 'resync', conversation: room.id, reason: 'x' });
    await env.clock.pass(100);

    assert.deepEqual(texts(), ['heard', 'lost']);
    assert.ok(!seen.has('forget'));
  });

  it('without a conversation checks all conversations', async () => {
    const { env, client, bob, room, texts } = await aliceAndBob();
    await client.open(room.id);
    await env.clock.pass(600);
    const publish = env.service.publish;
    env.service.publish = () => {};
    env.service.sendAs(bob.id, room.id, 'lost');
    env.service.publish = publish;
    for (const socket of env.sockets.open) socket.receive({ type: 'resync', reason: 'x' });
    await env.clock.pass(100);

    assert.deepEqual(texts(), ['lost']);
  });

  it('does not discard a page that is being loaded', async () => {
    const { env, client, bob, room, texts } = await aliceAndBob();
    env.service.sendAs(bob.id, room.id, 'hello');
    await env.clock.pass(100);
    for (const socket of env.sockets.open)
      socket.receive({ type: 'resync', conversation: room.id, reason: 'x' });
    await client.open(room.id);
    await env.clock.pass(600);

    assert.deepEqual(texts(), ['hello']);
  });
});

describe('after a disconnection', () => {
  it('the open conversation has every message once, in order', async () => {
    const { env, client, bob, room, texts } = await aliceAndBob();
    await client.open(room.id);
    env.service.sendAs(bob.id, room.id, 'before');
    await env.clock.pass(600);
    env.sockets.closeWith();
    for (let number = 1; number <= 450; number++)
      env.service.sendAs(bob.id, room.id, String(number));
    await env.clock.pass(2_000);

    assert.deepEqual(texts(), [
      'before',
      ...Array.from({ length: 450 }, (_, index) => String(index + 1)),
    ]);
    assert.equal(client.state.catchingUp, false);
  });

  it('that was too long for sync, the newest page is loaded and unsent messages are kept', async () => {
    const { env, client, bob, room, texts, conversation } = await aliceAndBob();
    await client.open(room.id);
    await env.clock.pass(600);
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    for (let number = 1; number <= 1_200; number++)
      env.service.sendAs(bob.id, room.id, String(number));
    await client.outbox.send({ conversation: room.id, body: { text: 'mine' } });
    env.sockets.acceptsConnections = true;
    client.reconnectNow();
    await env.clock.pass(2_000);

    assert.equal(texts().at(-1), 'mine');
    assert.equal(texts().at(-2), '1200');
    assert.ok(texts().length < 100);
    assert.equal(conversation().log.moreBefore, true);
  });

  it('private events are fetched', async () => {
    const { env, alice, bob, room, conversation } = await aliceAndBob();
    env.sockets.closeWith();
    env.service.removeMember(bob.id, room.id, alice);
    await env.clock.pass(2_000);

    assert.equal(conversation().left, true);
  });
});

describe('a recall of a message that is not loaded', () => {
  it('fetches the counts, and once more if another comes meanwhile', async () => {
    const env = new TestEnvironment();
    const [alice, bob] = [env.service.addUser('alice'), env.service.addUser('bob')];
    const room = env.service.addRoom(bob.id, 'group', 'Lobby', [alice.id]);
    for (const text of ['one', 'two']) env.service.sendAs(bob.id, room.id, text);
    const client = env.openPage();
    await client.logIn({ handle: 'alice', password: 'correct horse' });
    await env.clock.pass(600);
    const before = env.http.requests.length;
    for (const seq of [1, 2]) env.service.append(room, bob.id, 'message.recalled', { seq });
    await env.clock.pass(600);

    const path = `GET /v1/conversations/${room.id}`;
    const heads = env.http.requests.slice(before).filter((request) => request === path);
    assert.equal(heads.length, 2);
    assert.equal(client.state.conversations.get(room.id)?.countsAreBounds, false);
  });
});

describe('history', () => {
  it('loads page by page to the beginning, without gaps', async () => {
    const { env, client, bob, room, texts, conversation } = await aliceAndBob();
    for (let number = 1; number <= 150; number++)
      env.service.sendAs(bob.id, room.id, String(number));
    await client.open(room.id);
    while (conversation().log.moreBefore) await client.history.loadBefore(room.id);
    await env.clock.pass(600);

    assert.deepEqual(
      texts(),
      Array.from({ length: 150 }, (_, index) => String(index + 1)),
    );
    assert.deepEqual(
      conversation().log.systemMessages.map((/** @type {any} */ note) => note.kind),
      ['conversation.created'],
    );
  });

  it('loads the pages around an old message and then up to the newest', async () => {
    const { env, client, bob, room, texts, conversation } = await aliceAndBob();
    for (let number = 1; number <= 500; number++)
      env.service.sendAs(bob.id, room.id, String(number));
    await client.open(room.id);
    await client.open(room.id, 50);
    assert.ok(texts().includes('50'));
    assert.equal(conversation().log.moreAfter, true);

    env.service.sendAs(bob.id, room.id, '501');
    await env.clock.pass(600);
    assert.ok(!texts().includes('501'));
    while (conversation().log.moreAfter) await client.history.loadAfter(room.id);
    await env.clock.pass(1_200);
    assert.equal(texts().at(-1), '501');
    assert.deepEqual(
      texts(),
      texts()
        .slice()
        .sort(
          (/** @type {string} */ one, /** @type {string} */ other) => Number(one) - Number(other),
        ),
    );
  });

  it('requests only the events between messages', () => {
    const at = (/** @type {number[]} */ ...offsets) => offsets.map((offset) => ({ offset }));
    assert.deepEqual(gapsBetween(at(2, 3, 6), 0), [
      { after: 0, limit: 1 },
      { after: 3, limit: 2 },
    ]);
    assert.deepEqual(gapsBetween(at(7, 8), null), []);

    // Many gaps, as reactions and edits make them, are loaded together, within bounds.
    const gaps = [1, 3, 5, 7, 9, 11, 13].map((after) => ({ after, limit: 1 }));
    assert.deepEqual(rangesOf(gaps.slice(0, 6)), gaps.slice(0, 6));
    assert.deepEqual(rangesOf(gaps), [{ after: 1, limit: 13 }]);
    assert.deepEqual(rangesOf([...gaps, { after: 200, limit: 51 }]), [
      { after: 1, limit: 200 },
      { after: 201, limit: 50 },
    ]);
    assert.deepEqual(rangesOf([...gaps, { after: 900, limit: 1 }]), []);
  });
});
