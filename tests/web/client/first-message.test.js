import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import {
  pendingMessages,
  sortedConversations,
} from '../../../src/entrypoints/web/client/store/selectors.js';
import {
  conversationOf,
  directWith,
  unstartedId,
} from '../../../src/entrypoints/web/client/store/unstarted.js';
import { TestEnvironment } from '../fake/environment.js';
import { ServiceRefusal } from '../fake/service.js';

/** Alice's page, who has found Bob and has no conversation with him. */
async function setUp() {
  const env = new TestEnvironment();
  const storage = memoryStorage();
  const client = await env.openRegistered('alice', { storage });
  const bob = env.service.addUser('bob', 'Bob');
  await client.directory.search('bob');
  const id = unstartedId(bob.id);
  const say = (/** @type {string} */ text) =>
    client.outbox.send({ conversation: id, body: { text } });
  const texts = () =>
    [...env.service.rooms.values()].map((room) =>
      room.events.filter((event) => event.seq).map((event) => event.data.body.text),
    );
  return { env, storage, client, bob, id, say, texts };
}

/** @param {TestEnvironment} env */
function goOffline(env) {
  env.sockets.acceptsConnections = false;
  env.http.isReachable = false;
  env.sockets.closeWith();
}

/** @param {TestEnvironment} env */
function goOnline(env) {
  env.sockets.acceptsConnections = true;
  env.http.isReachable = true;
}

describe('a conversation that does not exist yet', () => {
  it('is shown with the name of the person, and creates nothing', async () => {
    const { env, client, bob, id } = await setUp();
    assert.equal(conversationOf(client.state, id)?.head.title, 'Bob');
    assert.equal(conversationOf(client.state, id), conversationOf(client.state, id));

    assert.equal(await client.conversations.findDirect(bob.id), false);
    client.activity.setTyping(id, true);
    await env.clock.pass(1_000);
    assert.equal(env.service.rooms.size, 0);
    assert.deepEqual(sortedConversations(client.state), []);
    assert.equal(directWith(client.state, bob.id), undefined);
    assert.deepEqual(
      env.sockets.frames.filter((frame) => frame.type === 'typing'),
      [],
    );
  });

  it('is created by the first message, once for several', async () => {
    const { env, client, bob, id, say, texts } = await setUp();
    await say('one');
    await say('two');
    assert.deepEqual(
      pendingMessages(client.state, id).map((entry) => entry.body.text),
      ['one', 'two'],
    );
    await env.clock.pass(500);

    assert.deepEqual(texts(), [['one', 'two']]);
    assert.equal(directWith(client.state, bob.id)?.head.seq, 2);
    assert.deepEqual(client.state.outbox, []);
  });

  it('is found if it exists beyond the loaded part of the list', async () => {
    const { env, client, bob } = await setUp();
    const room = env.service.addRoom(bob.id, 'direct', '', [client.state.me?.id ?? '']);
    env.http.requests.length = 0;
    assert.equal(await client.conversations.findDirect(bob.id), true);

    assert.equal(directWith(client.state, bob.id)?.head.conversation, room.id);
    assert.deepEqual(env.http.requests[0], `GET /v1/conversations/direct/${bob.id}`);
  });

  it('waits offline with its messages, also for the next page', async () => {
    const { env, storage, client, id, say, texts } = await setUp();
    goOffline(env);
    await say('hello');
    await env.clock.pass(1_000);
    assert.deepEqual(
      sortedConversations(client.state).map(({ head }) => head.conversation),
      [id],
    );

    const next = env.openPage({ storage });
    await next.start();
    assert.deepEqual(
      sortedConversations(next.state).map(({ head }) => [head.conversation, head.title]),
      [[id, 'Bob']],
    );
    goOnline(env);
    await env.clock.pass(60_000);
    assert.deepEqual(texts(), [['hello']]);
    assert.deepEqual(next.state.outbox, []);
  });

  it('is created once if the answer is lost', async () => {
    const { env, say, texts } = await setUp();
    const { fetch } = env.http;
    let isLost = true;
    env.http.fetch = async (/** @type {any[]} */ ...request) => {
      const answer = await fetch(...request);
      if (isLost && request[1].method === 'POST') {
        isLost = false;
        throw new TypeError('Failed to fetch');
      }
      return answer;
    };
    await say('hello');
    await env.clock.pass(30_000);

    assert.deepEqual(texts(), [['hello']]);
  });

  it('keeps the order if the other person begins it meanwhile', async () => {
    const { env, client, bob, say, texts } = await setUp();
    const { fetch } = env.http;
    // The answer to the creation takes its time.
    env.http.fetch = async (/** @type {any[]} */ ...request) => {
      if (request[1].method === 'POST')
        await new Promise((resolve) => env.clock.after(2_000, () => resolve(undefined)));
      return fetch(...request);
    };
    await say('one');
    await say('two');
    const room = env.service.addRoom(bob.id, 'direct', '', [client.state.me?.id ?? '']);
    await client.conversations.findDirect(bob.id);
    await client.outbox.send({ conversation: room.id, body: { text: 'three' } });
    await env.clock.pass(10_000);

    assert.deepEqual(texts(), [['one', 'two', 'three']]);
  });

  it('keeps its message as not sent if the service refuses it', async () => {
    const { env, client, id, say } = await setUp();
    env.service.addRoom = () => {
      throw new ServiceRefusal(404, 'not_found');
    };
    await say('hello');
    await env.clock.pass(1_000);

    assert.deepEqual(
      pendingMessages(client.state, id).map(({ status, error }) => [status, error]),
      [['failed', 'not_found']],
    );
  });

  it('shows its unsent message in the conversation that the other person began', async () => {
    const { env, client, bob, say } = await setUp();
    env.sockets.dropAnswersTo.add('message.send');
    await say('hello');
    const room = env.service.addRoom(bob.id, 'direct', '', [client.state.me?.id ?? '']);
    await client.conversations.findDirect(bob.id);
    assert.deepEqual(
      sortedConversations(client.state).map(({ head }) => head.conversation),
      [room.id],
    );
    assert.equal(pendingMessages(client.state, room.id).length, 1);
  });
});
