import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { closeAction, retryDelay } from '../../../src/entrypoints/web/client/close-codes.js';
import { TestEnvironment } from '../fake/environment.js';

/** @import {ConnectionState} from '../../../src/entrypoints/web/client/types.js' */

/**
 * @param {import('../../../src/entrypoints/web/client/client.js').Client} client
 * @returns {ConnectionState}
 */
const connection = (client) => client.state.connection;

/** @param {TestEnvironment} env @param {string} type */
const sent = (env, type) => env.sockets.frames.filter((frame) => frame.type === type);

describe('close codes', () => {
  it('reconnect after temporary failures and codes of the network', () => {
    for (const code of [1000, 1001, 1006, 1012, 4000, 4001, 4002, 4003, 4006])
      assert.equal(closeAction(code), 'reconnect');
    assert.equal(closeAction(4005), 'refresh');
  });

  it('stop where reconnecting would fail again', () => {
    for (const code of [4500, 4501, 4502, 4503, 4504, 4505, 4506])
      assert.equal(closeAction(code), 'stop');
  });

  it('delay the reconnect by 0.5 s to 30 s, with full jitter', () => {
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

describe('the connection', () => {
  it('sends hello with the version and the token, and without a cursor at first', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [hello] = sent(env, 'hello');

    assert.equal(hello.v, 1);
    assert.match(hello.token, /^access-/);
    assert.equal(hello.cursor, undefined);
    assert.equal(connection(client).phase, 'online');
  });

  it('reconnects after a loss, resumes from its cursor, and shows the time of the attempt', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.closeWith(1006);

    assert.equal(connection(client).phase, 'waiting');
    assert.equal(connection(client).until, env.clock.now() + retryDelay(0, () => 0.5));
    await env.clock.pass(1_000);
    assert.equal(connection(client).phase, 'online');
    assert.equal(sent(env, 'hello').at(-1).cursor, client.state.cursor);
  });

  it('backs off from attempt to attempt, and reconnects at once on request', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    await env.clock.pass(60_000);
    assert.ok(Number(connection(client).attempt) >= 4);

    env.sockets.acceptsConnections = true;
    client.reconnectNow();
    await env.clock.pass(0);
    assert.equal(connection(client).phase, 'online');
  });

  it('stops and logs out if the session was revoked', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.closeWith(4504);
    await env.clock.pass(60_000);

    assert.equal(client.state.phase, 'signed-out');
    assert.equal(sent(env, 'hello').length, 1);
  });

  it('stops but stays logged in if there are too many connections', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    env.sockets.closeWith(4505);
    await env.clock.pass(60_000);

    assert.deepEqual(connection(client), { phase: 'stopped', code: 4505 });
    assert.equal(client.state.phase, 'signed-in');
  });

  it('refreshes an expired token before it reconnects', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [first] = sent(env, 'hello');
    env.sockets.closeWith(4005);
    await env.clock.pass(100);

    assert.equal(connection(client).phase, 'online');
    assert.notEqual(sent(env, 'hello').at(-1).token, first.token);
    assert.ok(env.http.requests.includes('POST /v1/auth/refresh'));
  });

  it('logs out if the token cannot be refreshed', async () => {
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
    const [socket] = env.sockets.open;
    socket.receive({ type: 'ping' });
    await env.clock.pass(0);

    assert.equal(sent(env, 'pong').length, 1);
  });

  it('reconnects after a heartbeat interval and the grace period without a frame', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [socket] = env.sockets.open;
    socket.send = () => {};
    await env.clock.pass(34_000);
    assert.equal(connection(client).phase, 'online');

    await env.clock.pass(2_000);
    assert.notEqual([...env.sockets.open][0], socket);
  });

  it('leaves a draining node within the spread and reconnects at once', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [socket] = env.sockets.open;
    socket.receive({ type: 'drain', after_ms: 1_000, spread_ms: 4_000 });
    await env.clock.pass(2_900);
    assert.equal([...env.sockets.open][0], socket);

    await env.clock.pass(200);
    assert.notEqual([...env.sockets.open][0], socket);
    assert.equal(connection(client).phase, 'online');
  });

  it('detects a dead connection within 3 s when it is probed', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [socket] = env.sockets.open;
    socket.send = () => {};
    await env.clock.pass(10);
    client.probe();
    await env.clock.pass(3_100);

    assert.equal(connection(client).phase, 'waiting');
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
