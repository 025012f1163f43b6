import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { closeAction, retryDelay } from '../../../src/entrypoints/web/client/close-codes.js';
import { TestEnvironment } from '../fake/environment.js';

/** @import {ConnectionState} from '../../../src/entrypoints/web/client/types.js' */

/**
 * @param {import('../../../src/entrypoints/web/client/client.js').Client} client
 * @returns {ConnectionState}
 */
const link = (client) => client.state.connection;

/** @param {TestEnvironment} env @param {string} type */
const sent = (env, type) => env.sockets.frames.filter((frame) => frame.type === type);

describe('close codes', () => {
  it('ask to come back after what is temporary, and what networks close with', () => {
    for (const code of [1000, 1001, 1006, 1012, 4000, 4001, 4002, 4003, 4006])
      assert.equal(closeAction(code), 'reconnect');
    assert.equal(closeAction(4005), 'refresh');
  });

  it('ask to stop where trying again is wrong', () => {
    for (const code of [4500, 4501, 4502, 4503, 4504, 4505, 4506])
      assert.equal(closeAction(code), 'stop');
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
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [hello] = sent(env, 'hello');

    assert.equal(hello.v, 1);
    assert.match(hello.token, /^access-/);
    assert.equal(hello.cursor, undefined);
    assert.equal(link(client).phase, 'online');
  });

  it('comes back after a loss, resumes from its cursor, and shows when', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.closeWith(1006);

    assert.equal(link(client).phase, 'waiting');
    assert.equal(link(client).until, env.clock.now() + retryDelay(0, () => 0.5));
    await env.clock.pass(1_000);
    assert.equal(link(client).phase, 'online');
    assert.equal(sent(env, 'hello').at(-1).cursor, client.state.cursor);
  });

  it('waits longer from attempt to attempt, and no longer once told to hurry', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    await env.clock.pass(60_000);
    assert.ok(Number(link(client).attempt) >= 4);

    env.sockets.acceptsConnections = true;
    client.reconnectNow();
    await env.clock.pass(0);
    assert.equal(link(client).phase, 'online');
  });

  it('stops and signs out where the session was ended elsewhere', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.closeWith(4504);
    await env.clock.pass(60_000);

    assert.equal(client.state.phase, 'signed-out');
    assert.equal(sent(env, 'hello').length, 1);
  });

  it('stops but stays signed in where there are too many connections', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.closeWith(4505);
    await env.clock.pass(60_000);

    assert.deepEqual(link(client), { phase: 'stopped', code: 4505 });
    assert.equal(client.state.phase, 'signed-in');
  });

  it('gets a new token first where the old one expired', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [first] = sent(env, 'hello');
    env.sockets.closeWith(4005);
    await env.clock.pass(100);

    assert.equal(link(client).phase, 'online');
    assert.notEqual(sent(env, 'hello').at(-1).token, first.token);
    assert.ok(env.http.requests.includes('POST /v1/auth/refresh'));
  });

  it('signs out where no token is to be had any more', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.http.cookieUser = null;
    env.sockets.closeWith(4005);
    await env.clock.pass(100);

    assert.equal(client.state.phase, 'signed-out');
  });

  it('renews its token before it expires, on the open socket', async () => {
    const env = new TestEnvironment();
    await env.openRegistered('alice');
    await env.clock.pass(13 * 60_000);

    assert.equal(sent(env, 'auth.refresh').length, 1);
    assert.equal(sent(env, 'hello').length, 1);
  });

  it('answers a ping', async () => {
    const env = new TestEnvironment();
    await env.openRegistered('alice');
    const [wire] = env.sockets.open;
    wire.receive({ type: 'ping' });
    await env.clock.pass(0);

    assert.equal(sent(env, 'pong').length, 1);
  });

  it('gives up a line that is silent for the heartbeat and the grace', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [wire] = env.sockets.open;
    wire.send = () => {};
    await env.clock.pass(34_000);
    assert.equal(link(client).phase, 'online');

    await env.clock.pass(2_000);
    assert.notEqual([...env.sockets.open][0], wire);
  });

  it('leaves a draining node at a moment of the spread, and is back at once', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [wire] = env.sockets.open;
    wire.receive({ type: 'drain', after_ms: 1_000, spread_ms: 4_000 });
    await env.clock.pass(2_900);
    assert.equal([...env.sockets.open][0], wire);

    await env.clock.pass(200);
    assert.notEqual([...env.sockets.open][0], wire);
    assert.equal(link(client).phase, 'online');
  });

  it('finds out at once that a line is dead when it is asked to look', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [wire] = env.sockets.open;
    wire.send = () => {};
    await env.clock.pass(10);
    client.probe();
    await env.clock.pass(3_100);

    assert.equal(link(client).phase, 'waiting');
  });

  it('never has more than 32 requests in flight', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.dropAnswersTo.add('read');
    const bob = env.service.addUser('bob');
    for (let number = 0; number < 40; number++) {
      const room = env.service.addRoom(bob.id, 'group', `Room ${number}`, [
        /** @type {any} */ (client.state.me).id,
      ]);
      env.service.sendAs(bob.id, room.id, 'hello');
      await env.clock.pass(1);
    }
    for (const id of client.state.conversations.keys()) client.activity.markRead(id, 1);
    await env.clock.pass(5_000);

    assert.ok(sent(env, 'read').length <= 32);
  });
});
