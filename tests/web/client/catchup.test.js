import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { holes } from '../../../src/entrypoints/web/client/history.js';
import { listed } from '../../../src/entrypoints/web/client/store/select.js';
import { scene, sent } from '../fake/scene.js';

describe('a conversation', () => {
  it('that begins elsewhere appears by itself', async () => {
    const { client, room } = await scene();
    assert.equal(client.state.conversations.get(room.id)?.head.title, 'Lobby');
  });

  it('from which this user is removed is marked, and no longer listed', async () => {
    const { stage, client, alice, bob, room, conversation } = await scene();
    stage.world.remove(bob.id, room.id, alice);
    await stage.clock.pass(100);

    assert.equal(conversation().left, true);
    assert.deepEqual(listed(client.state), []);
  });

  it('to which this user is added again is there again', async () => {
    const { stage, alice, bob, room, conversation } = await scene();
    stage.world.remove(bob.id, room.id, alice);
    await stage.clock.pass(100);
    stage.world.add(bob.id, room.id, [alice]);
    await stage.clock.pass(100);

    assert.equal(conversation().left, false);
  });
});

describe('a lost event', () => {
  it('is asked for after half a second, and nothing is shown twice', async () => {
    const { stage, client, bob, room, texts } = await scene();
    await client.open(room.id);
    await stage.clock.pass(600);
    const publish = stage.world.publish;
    stage.world.publish = () => {};
    stage.world.say(bob.id, room.id, 'lost');
    stage.world.publish = publish;
    stage.world.say(bob.id, room.id, 'heard');
    await stage.clock.pass(400);
    assert.deepEqual(texts(), []);

    await stage.clock.pass(200);
    assert.deepEqual(texts(), ['lost', 'heard']);
    assert.equal(sent(stage, 'sync').length, 1);
  });

  it('costs no question where it comes late but in time', async () => {
    const { stage, client, bob, room, texts } = await scene();
    await client.open(room.id);
    await stage.clock.pass(600);
    /** @type {any[]} */
    const caught = [];
    const publish = stage.world.publish;
    stage.world.publish = (...event) => void caught.push(event);
    stage.world.say(bob.id, room.id, 'one');
    stage.world.say(bob.id, room.id, 'two');
    for (const event of caught.reverse()) publish(.../** @type {[any, any]} */ (event));
    await stage.clock.pass(1_000);

    assert.deepEqual(texts(), ['one', 'two']);
    assert.equal(sent(stage, 'sync').length, 0);
  });
});

describe('a resync', () => {
  it('brings what was lost, and leaves the view as it is', async () => {
    const { stage, client, bob, room, texts } = await scene();
    await client.open(room.id);
    stage.world.say(bob.id, room.id, 'heard');
    await stage.clock.pass(600);
    const publish = stage.world.publish;
    stage.world.publish = () => {};
    stage.world.say(bob.id, room.id, 'lost');
    stage.world.publish = publish;
    const seen = new Set();
    client.subscribe((_, frame) => seen.add(frame.type));
    for (const wire of stage.wires.open)
      wire.hear({ type: 'resync', conversation: room.id, reason: 'x' });
    await stage.clock.pass(100);

    assert.deepEqual(texts(), ['heard', 'lost']);
    assert.ok(!seen.has('forget'));
  });

  it('of everything looks at every conversation', async () => {
    const { stage, client, bob, room, texts } = await scene();
    await client.open(room.id);
    await stage.clock.pass(600);
    const publish = stage.world.publish;
    stage.world.publish = () => {};
    stage.world.say(bob.id, room.id, 'lost');
    stage.world.publish = publish;
    for (const wire of stage.wires.open) wire.hear({ type: 'resync', reason: 'x' });
    await stage.clock.pass(100);

    assert.deepEqual(texts(), ['lost']);
  });

  it('that comes while a page is on its way does not lose the page', async () => {
    const { stage, client, bob, room, texts } = await scene();
    stage.world.say(bob.id, room.id, 'hello');
    await stage.clock.pass(100);
    for (const wire of stage.wires.open)
      wire.hear({ type: 'resync', conversation: room.id, reason: 'x' });
    await client.open(room.id);
    await stage.clock.pass(600);

    assert.deepEqual(texts(), ['hello']);
  });
});

describe('after a pause', () => {
  it('the open conversation has every message once, in order', async () => {
    const { stage, client, bob, room, texts } = await scene();
    await client.open(room.id);
    stage.world.say(bob.id, room.id, 'before');
    await stage.clock.pass(600);
    stage.wires.cut();
    for (let number = 1; number <= 450; number++) stage.world.say(bob.id, room.id, String(number));
    await stage.clock.pass(2_000);

    assert.deepEqual(texts(), [
      'before',
      ...Array.from({ length: 450 }, (_, index) => String(index + 1)),
    ]);
    assert.equal(client.state.catchingUp, false);
  });

  it('that was too long, the view begins with the newest page and keeps unsent messages', async () => {
    const { stage, client, bob, room, texts, conversation } = await scene();
    await client.open(room.id);
    await stage.clock.pass(600);
    stage.wires.accepts = false;
    stage.wires.cut();
    for (let number = 1; number <= 1_200; number++)
      stage.world.say(bob.id, room.id, String(number));
    await client.outbox.post({ conversation: room.id, body: { text: 'mine' } });
    stage.wires.accepts = true;
    client.retryNow();
    await stage.clock.pass(2_000);

    assert.equal(texts().at(-1), 'mine');
    assert.equal(texts().at(-2), '1200');
    assert.ok(texts().length < 100);
    assert.equal(conversation().log.moreBefore, true);
  });

  it('what happened to the user alone is known, too', async () => {
    const { stage, alice, bob, room, conversation } = await scene();
    stage.wires.cut();
    stage.world.remove(bob.id, room.id, alice);
    await stage.clock.pass(2_000);

    assert.equal(conversation().left, true);
  });
});

describe('history', () => {
  it('loads page by page to the beginning, without a hole', async () => {
    const { stage, client, bob, room, texts, conversation } = await scene();
    for (let number = 1; number <= 150; number++) stage.world.say(bob.id, room.id, String(number));
    await client.open(room.id);
    while (conversation().log.moreBefore) await client.history.before(room.id);
    await stage.clock.pass(600);

    assert.deepEqual(
      texts(),
      Array.from({ length: 150 }, (_, index) => String(index + 1)),
    );
    assert.deepEqual(
      conversation().log.notes.map((/** @type {any} */ note) => note.kind),
      ['conversation.created'],
    );
  });

  it('jumps to an old message and comes back to the present', async () => {
    const { stage, client, bob, room, texts, conversation } = await scene();
    for (let number = 1; number <= 500; number++) stage.world.say(bob.id, room.id, String(number));
    await client.open(room.id);
    await client.open(room.id, 50);
    assert.ok(texts().includes('50'));
    assert.equal(conversation().log.moreAfter, true);

    stage.world.say(bob.id, room.id, '501');
    await stage.clock.pass(600);
    assert.ok(!texts().includes('501'));
    while (conversation().log.moreAfter) await client.history.after(room.id);
    await stage.clock.pass(1_200);
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

  it('asks only for what stands between messages', () => {
    const at = (/** @type {number[]} */ ...offsets) => offsets.map((offset) => ({ offset }));
    assert.deepEqual(holes(at(2, 3, 6), 0), [
      { after: 0, limit: 1 },
      { after: 3, limit: 2 },
    ]);
    assert.deepEqual(holes(at(7, 8), null), []);
  });
});
