/** Changes of messages in the outbox: in order with sends, over reloads, undone, and in conflict. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import { requestFor, withRequests } from '../../../src/entrypoints/web/client/store/requests.js';
import { TestEnvironment } from '../fake/environment.js';
import { ServiceRefusal } from '../fake/service.js';

/** Alice's page, a conversation with Bob with one message of hers, and a service that edits. */
async function setUp() {
  const env = new TestEnvironment();
  const storage = memoryStorage();
  const client = await env.openRegistered('alice', { storage });
  const bob = env.service.addUser('bob');
  const id = await client.conversations.openDirect(bob.id);
  await client.open(id);
  await client.outbox.send({ conversation: id, body: { text: 'hello' } });
  await env.clock.pass(600);
  let revision = 1;
  const room = /** @type {any} */ (env.service.rooms.get(id));
  const done = () => ({ offset: room.events.length, revision, replayed: false });
  env.sockets.overrides.set('message.edit', (frame) => {
    if (frame.revision !== revision)
      throw new ServiceRefusal(409, 'conflict', {
        message: { seq: 1, kind: 'text', body: { text: 'elsewhere' }, revision },
      });
    revision += 1;
    room.events.push({ offset: room.events.length + 1, kind: 'message.edited', data: frame });
    return done();
  });
  env.sockets.overrides.set('message.recall', (frame) => {
    room.events.push({ offset: room.events.length + 1, kind: 'message.recalled', data: frame });
    return done();
  });
  const edit = (/** @type {string} */ text, seen = 1) =>
    client.outbox.request(id, { type: 'message.edit', seq: 1, revision: seen, body: { text } });
  const shown = (one = client) => {
    const { log } = /** @type {any} */ (one.state.conversations.get(id));
    return withRequests(log, one.state.requests).messages[0];
  };
  const frames = (/** @type {string} */ type) =>
    env.sockets.frames.filter((frame) => frame.type === type);
  return { env, client, storage, id, edit, shown, frames, elsewhere: () => (revision += 1) };
}

describe('an edit', () => {
  it('is shown at once and is in the log after its acknowledgement', async () => {
    const { env, client, edit, shown } = await setUp();
    const editing = edit('hello all');
    assert.equal(shown().body.text, 'hello all');
    assert.equal(shown().revision, 1);
    await editing;
    await env.clock.pass(10);

    assert.deepEqual(client.state.requests, []);
    const [message] = [...client.state.conversations.values()][0].log.messages;
    assert.deepEqual([message.body.text, message.revision], ['hello all', 2]);
    assert.ok(message.edited_at);
  });

  it('made offline waits over a reload, in order with what was written', async () => {
    const { env, client, storage, id, edit, frames } = await setUp();
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    await client.outbox.send({ conversation: id, body: { text: 'before' } });
    await edit('edited');
    await client.outbox.send({ conversation: id, body: { text: 'after' } });
    const next = env.openPage({ storage });
    await next.start();
    assert.equal(next.state.requests.length, 1);
    assert.equal(next.state.outbox.length, 2);

    const sent = env.sockets.frames.length;
    env.sockets.acceptsConnections = true;
    await env.clock.pass(60_000);
    const kinds = env.sockets.frames
      .slice(sent)
      .filter(({ type }) => type.startsWith('message.'))
      .map(({ type, body }) => `${type} ${body.text}`);
    assert.deepEqual(
      [...new Set(kinds)],
      ['message.send before', 'message.edit edited', 'message.send after'],
    );
    assert.equal(frames('message.edit').at(-1)?.revision, 1);
    assert.deepEqual(next.state.requests, []);
  });

  it('that was not sent yet is replaced by a later one, and by a recall', async () => {
    const { env, client, id, edit, frames } = await setUp();
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    await edit('first');
    await edit('second');
    assert.deepEqual(
      client.state.requests.map(({ request }) => request.body?.text),
      ['second'],
    );
    await client.outbox.request(id, { type: 'message.recall', seq: 1 });
    env.sockets.acceptsConnections = true;
    await env.clock.pass(60_000);

    assert.equal(frames('message.edit').length, 0);
    assert.equal(frames('message.recall').length, 1);
    assert.deepEqual(client.state.requests, []);
  });

  it('builds on the own edit before it', async () => {
    const { env, client, edit, shown, frames } = await setUp();
    env.sockets.latency = 20;
    await edit('first');
    assert.equal(client.state.requests[0].status, 'sending');
    await edit('second');
    while (client.state.requests.length) await new Promise((resolve) => setTimeout(resolve, 5));
    await env.clock.pass(100);

    assert.deepEqual(
      frames('message.edit').map(({ revision }) => revision),
      [1, 2],
    );
    assert.equal(shown().body.text, 'second');
    assert.deepEqual(client.state.requests, []);
  });

  it('in conflict waits for a decision, with the present text', async () => {
    const { env, client, edit, shown, elsewhere } = await setUp();
    elsewhere();
    await edit('mine');
    await env.clock.pass(100);
    const [failed] = client.state.requests;
    assert.deepEqual([failed.status, failed.error], ['failed', 'conflict']);
    assert.equal(failed.present?.body.text, 'elsewhere');
    assert.equal(requestFor(client.state, shown(), 'message.edit'), failed);

    await client.outbox.retry(failed.key);
    await env.clock.pass(100);
    assert.deepEqual(client.state.requests, []);
    assert.equal(shown().body.text, 'mine');
  });
});

describe('a recall', () => {
  it('waits for ten seconds, without holding up what is sent meanwhile', async () => {
    const { env, client, id, frames } = await setUp();
    await client.outbox.request(id, { type: 'message.recall', seq: 1 }, 10_000);
    await client.outbox.send({ conversation: id, body: { text: 'meanwhile' } });
    await env.clock.pass(9_000);
    assert.equal(frames('message.send').length, 2);
    assert.equal(frames('message.recall').length, 0);

    await env.clock.pass(2_000);
    assert.equal(frames('message.recall').length, 1);
    assert.deepEqual(client.state.requests, []);
  });

  it('that was undone is never sent', async () => {
    const { env, client, id, frames } = await setUp();
    await client.outbox.request(id, { type: 'message.recall', seq: 1 }, 10_000);
    await client.outbox.discard(client.state.requests[0].key);
    await env.clock.pass(20_000);

    assert.equal(frames('message.recall').length, 0);
  });

  it('is sent at once when the page is closed', async () => {
    const { client, id, env, frames } = await setUp();
    await client.outbox.request(id, { type: 'message.recall', seq: 1 }, 10_000);
    client.outbox.sendDelayed();
    await env.clock.pass(0);

    assert.equal(frames('message.recall').length, 1);
  });

  it('is forgotten by a message that another page keeps', async () => {
    const { env, client, storage, id } = await setUp();
    await env.clock.pass(2_000);
    const stored = async () => JSON.stringify(await storage.getValue(`kept-log ${id}`));
    assert.ok((await stored()).includes('hello'));
    client.api.logOut = async () => undefined;
    env.sockets.closeWith();
    const room = /** @type {any} */ (env.service.rooms.get(id));
    const by = client.state.me?.id;
    env.service.append(room, String(by), 'message.recalled', { seq: 1 });

    // The next page is told of the recall although nobody opens the conversation there.
    const next = env.openPage({ storage });
    await next.start();
    await env.clock.pass(5_000);
    assert.equal(next.state.conversations.get(id)?.log.loaded, false);
    assert.equal((await stored()).includes('hello'), false);
  });
});
