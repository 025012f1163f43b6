import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { actionOf, retryDelay } from '../../../src/entrypoints/web/client/codes.js';
import { Stage } from '../fake/index.js';

/** @import {LinkState} from '../../../src/entrypoints/web/client/types.js' */

/**
 * @param {import('../../../src/entrypoints/web/client/client.js').Client} client
 * @returns {LinkState}
 */
const link = (client) => client.state.link;

/** @param {Stage} stage @param {string} type */
const sent = (stage, type) => stage.wires.frames.filter((frame) => frame.type === type);

describe('close codes', () => {
  it('ask to come back after what is temporary, and what networks close with', () => {
    for (const code of [1000, 1001, 1006, 1012, 4000, 4001, 4002, 4003, 4006])
      assert.equal(actionOf(code), 'reconnect');
    assert.equal(actionOf(4005), 'refresh');
  });

  it('ask to stop where trying again is wrong', () => {
    for (const code of [4500, 4501, 4502, 4503, 4504, 4505, 4506])
      assert.equal(actionOf(code), 'stop');
  });

  it('leave between half a second and thirty, spread over all of it', () => {
    assert.equal(
      retryDelay(0, () => 0),
      500,
    );
    assert.equal(
      retryDelay(50, () => 0),
      500,
    );
    assert.ok(retryDelay(0, () => 0.999) <= 1_000);
    assert.ok(retryDelay(50, () => 0.999) > 29_000);
    assert.ok(retryDelay(50, () => 0.999) < 30_000);
  });
});

describe('the link', () => {
  it('says hello with the version, the token in the frame, and no cursor at first', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    const [hello] = sent(stage, 'hello');

    assert.equal(hello.v, 1);
    assert.match(hello.token, /^access-/);
    assert.equal(hello.cursor, undefined);
    assert.equal(link(client).phase, 'online');
  });

  it('comes back after a loss, resumes from its cursor, and shows when', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    stage.wires.cut(1006);

    assert.equal(link(client).phase, 'waiting');
    assert.equal(link(client).until, stage.clock.now() + retryDelay(0, () => 0.5));
    await stage.clock.pass(1_000);
    assert.equal(link(client).phase, 'online');
    assert.equal(sent(stage, 'hello').at(-1).cursor, client.state.cursor);
  });

  it('waits longer from attempt to attempt, and no longer once told to hurry', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    stage.wires.accepts = false;
    stage.wires.cut();
    await stage.clock.pass(60_000);
    assert.ok(Number(link(client).attempt) >= 4);

    stage.wires.accepts = true;
    client.retryNow();
    await stage.clock.pass(0);
    assert.equal(link(client).phase, 'online');
  });

  it('stops and signs out where the session was ended elsewhere', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    stage.wires.cut(4504);
    await stage.clock.pass(60_000);

    assert.equal(client.state.phase, 'signed-out');
    assert.equal(sent(stage, 'hello').length, 1);
  });

  it('stops but stays signed in where there are too many connections', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    stage.wires.cut(4505);
    await stage.clock.pass(60_000);

    assert.deepEqual(link(client), { phase: 'stopped', code: 4505 });
    assert.equal(client.state.phase, 'signed-in');
  });

  it('gets a new token first where the old one expired', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    const [first] = sent(stage, 'hello');
    stage.wires.cut(4005);
    await stage.clock.pass(100);

    assert.equal(link(client).phase, 'online');
    assert.notEqual(sent(stage, 'hello').at(-1).token, first.token);
    assert.ok(stage.routes.made.includes('POST /v1/auth/refresh'));
  });

  it('signs out where no token is to be had any more', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    stage.routes.cookie = null;
    stage.wires.cut(4005);
    await stage.clock.pass(100);

    assert.equal(client.state.phase, 'signed-out');
  });

  it('renews its token before it expires, on the open socket', async () => {
    const stage = new Stage();
    await stage.arrive('alice');
    await stage.clock.pass(13 * 60_000);

    assert.equal(sent(stage, 'auth.refresh').length, 1);
    assert.equal(sent(stage, 'hello').length, 1);
  });

  it('answers a ping', async () => {
    const stage = new Stage();
    await stage.arrive('alice');
    const [wire] = stage.wires.open;
    wire.hear({ type: 'ping' });
    await stage.clock.pass(0);

    assert.equal(sent(stage, 'pong').length, 1);
  });

  it('gives up a line that is silent for the heartbeat and the grace', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    const [wire] = stage.wires.open;
    wire.send = () => {};
    await stage.clock.pass(34_000);
    assert.equal(link(client).phase, 'online');

    await stage.clock.pass(2_000);
    assert.notEqual([...stage.wires.open][0], wire);
  });

  it('leaves a draining node at a moment of the spread, and is back at once', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    const [wire] = stage.wires.open;
    wire.hear({ type: 'drain', after_ms: 1_000, spread_ms: 4_000 });
    await stage.clock.pass(2_900);
    assert.equal([...stage.wires.open][0], wire);

    await stage.clock.pass(200);
    assert.notEqual([...stage.wires.open][0], wire);
    assert.equal(link(client).phase, 'online');
  });

  it('finds out at once that a line is dead when it is asked to look', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    const [wire] = stage.wires.open;
    wire.send = () => {};
    await stage.clock.pass(10);
    client.probe();
    await stage.clock.pass(3_100);

    assert.equal(link(client).phase, 'waiting');
  });

  it('never has more than 32 requests in flight', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    stage.wires.mute.add('read');
    const bob = stage.world.person('bob');
    for (let number = 0; number < 40; number++) {
      const room = stage.world.room(bob.id, 'group', `Room ${number}`, [
        /** @type {any} */ (client.state.me).id,
      ]);
      stage.world.say(bob.id, room.id, 'hello');
      await stage.clock.pass(1);
    }
    for (const id of client.state.conversations.keys()) client.attention.read(id, 1);
    await stage.clock.pass(5_000);

    assert.ok(sent(stage, 'read').length <= 32);
  });
});
