import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryStorage, newIdempotencyKey } from '../../../src/entrypoints/web/client/storage.js';
import { pendingMessages } from '../../../src/entrypoints/web/client/store/selectors.js';
import { TestEnvironment } from '../fake/environment.js';
import { ServiceRefusal } from '../fake/service.js';

/** Alice's page and a conversation with Bob. @param {object} [options] */
async function setUp(options) {
  const env = new TestEnvironment();
  const client = await env.openRegistered('alice', options);
  const bob = env.service.addUser('bob');
  const id = await client.conversations.openDirect(bob.id);
  await client.open(id);
  await env.clock.pass(600);
  const say = (/** @type {string} */ text) =>
    client.outbox.send({ conversation: id, body: { text } });
  const log = () =>
    client.state.conversations.get(id)?.log.messages.map((message) => message.body.text);
  const stored = () =>
    /** @type {any} */ (env.service.rooms.get(id)).events
      .filter((/** @type {any} */ event) => event.seq)
      .map((/** @type {any} */ event) => event.data.body.text);
  const sends = () => env.sockets.frames.filter((frame) => frame.type === 'message.send');
  return { env, client, bob, id, say, log, stored, sends };
}

describe('a message', () => {
  it('is shown at once and is in the log once after its acknowledgement', async () => {
    const { env, client, id, say, log } = await setUp();
    const posting = say('hello');
    assert.deepEqual(
      client.state.outbox.map((entry) => entry.status),
      ['waiting'],
    );

    await posting;
    await env.clock.pass(10);
    assert.deepEqual(log(), ['hello']);
    assert.deepEqual(pendingMessages(client.state, id), []);
  });

  it('mentions whom the service says, not whom the client named', async () => {
    const { env, client, bob, id } = await setUp();
    env.service.resolveMentions = () => [bob.id];
    await client.outbox.send({ conversation: id, body: { text: '@bob' }, mentions: ['all'] });
    await env.clock.pass(10);
    const [message] = client.state.conversations.get(id)?.log.messages ?? [];
    assert.deepEqual(message.mentions, [bob.id]);
  });

  it('keeps its order: one message of a conversation is sent at a time', async () => {
    const { env, say, sends, stored } = await setUp();
    env.sockets.dropAnswersTo.add('message.send');
    await say('one');
    await say('two');
    await env.clock.pass(100);
    assert.equal(sends().length, 1);

    env.sockets.dropAnswersTo.clear();
    await env.clock.pass(20_000);
    assert.deepEqual(stored(), ['one', 'two']);
  });

  it('that is longer than a frame may be fails and is not sent', async () => {
    const { env, client, say, sends, stored } = await setUp();
    await say('长'.repeat(43_700));
    await say('short');
    await env.clock.pass(100);

    assert.deepEqual(
      client.state.outbox.map((entry) => [entry.status, entry.error]),
      [['failed', 'too_large']],
    );
    assert.equal(sends().length, 1);
    assert.deepEqual(stored(), ['short']);
  });

  it('is sent again with the same key if the answer is lost, and stored once', async () => {
    const { env, say, sends, stored, log } = await setUp();
    env.sockets.dropAnswersTo.add('message.send');
    await say('once');
    await env.clock.pass(100);
    env.sockets.dropAnswersTo.clear();
    env.sockets.closeWith();
    await env.clock.pass(2_000);

    assert.deepEqual(
      sends().map((frame) => frame.key),
      [sends()[0].key, sends()[0].key],
    );
    assert.deepEqual(stored(), ['once']);
    assert.deepEqual(log(), ['once']);
  });

  it('written offline is sent in order after the reconnect', async () => {
    const { env, client, say, stored } = await setUp();
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    for (const text of ['a', 'b', 'c']) await say(text);
    await env.clock.pass(1_000);
    assert.deepEqual(stored(), []);

    env.sockets.acceptsConnections = true;
    client.reconnectNow();
    await env.clock.pass(100);
    assert.deepEqual(stored(), ['a', 'b', 'c']);
  });

  it('that fails permanently does not block others and can be sent again', async () => {
    const { env, client, id, say, stored } = await setUp();
    env.sockets.overrides.set('message.send', () => {
      throw new ServiceRefusal(403, 'muted');
    });
    const entry = await say('first');
    await env.clock.pass(100);
    assert.deepEqual(
      pendingMessages(client.state, id).map(({ status, error }) => [status, error]),
      [['failed', 'muted']],
    );

    env.sockets.overrides.clear();
    await say('second');
    await env.clock.pass(100);
    assert.deepEqual(stored(), ['second']);

    await client.outbox.retry(entry.key);
    await env.clock.pass(100);
    assert.deepEqual(stored(), ['second', 'first']);
  });

  it('that exceeds the rate limit waits for retry_after_ms', async () => {
    const { env, say, sends, stored } = await setUp();
    env.sockets.overrides.set('message.send', () => {
      throw new ServiceRefusal(429, 'rate_limited', { temporary: true, retry_after_ms: 1_500 });
    });
    await say('patience');
    await env.clock.pass(1_000);
    env.sockets.overrides.clear();
    assert.equal(sends().length, 1);

    await env.clock.pass(600);
    assert.deepEqual(stored(), ['patience']);
  });

  it('that was discarded is never sent', async () => {
    const { env, client, say, stored } = await setUp();
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    const entry = await say('regret');
    await client.outbox.discard(entry.key);
    env.sockets.acceptsConnections = true;
    client.reconnectNow();
    await env.clock.pass(100);

    assert.deepEqual(stored(), []);
  });
});

describe('a reload', () => {
  it('with unsent messages sends each once, in order', async () => {
    const storage = memoryStorage();
    const { env, client, say, stored } = await setUp({ storage });
    await env.clock.pass(1_100);
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    await say('one');
    await say('two');
    env.sockets.acceptsConnections = true;

    const next = env.openPage({ storage });
    await next.start();
    await env.clock.pass(100);
    assert.equal(next.state.me?.handle, client.state.me?.handle);
    assert.deepEqual(stored(), ['one', 'two']);
    assert.deepEqual(next.state.outbox, []);
  });

  it('between commit and answer does not duplicate the message', async () => {
    const storage = memoryStorage();
    const { env, say, stored } = await setUp({ storage });
    await env.clock.pass(1_100);
    env.sockets.dropAnswersTo.add('message.send');
    await say('once');
    await env.clock.pass(10);
    assert.deepEqual(stored(), ['once']);
    env.sockets.dropAnswersTo.clear();

    const next = env.openPage({ storage });
    await next.start();
    await env.clock.pass(100);
    assert.deepEqual(stored(), ['once']);
    assert.deepEqual(next.state.outbox, []);
  });

  it('keeps a failed message failed', async () => {
    const storage = memoryStorage();
    const { env, say, sends } = await setUp({ storage });
    await env.clock.pass(1_100);
    env.sockets.overrides.set('message.send', () => {
      throw new ServiceRefusal(422, 'invalid');
    });
    await say('no');
    await env.clock.pass(100);
    const next = env.openPage({ storage });
    await next.start();
    await env.clock.pass(100);

    assert.equal(next.state.outbox[0].status, 'failed');
    assert.equal(sends().length, 1);
  });

  it('shows the user and the conversation list before the service answers', async () => {
    const storage = memoryStorage();
    const { env, id } = await setUp({ storage });
    await env.clock.pass(1_100);
    env.http.isReachable = false;
    const next = env.openPage({ storage });
    await next.start();
    await env.clock.pass(10);

    assert.equal(next.state.phase, 'signed-in');
    assert.ok(next.state.conversations.has(id));
    assert.equal(next.state.connection.phase, 'waiting');
  });
});

describe('a session that ended', () => {
  it('by expiry keeps unsent messages for the next log-in of the same user', async () => {
    const storage = memoryStorage();
    const { env, client, say, stored } = await setUp({ storage });
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    await say('patience');
    env.http.cookieUser = null;
    for (const token of env.http.tokens.keys()) env.http.expired.add(token);
    await env.clock.pass(15 * 60_000);
    assert.equal(client.state.phase, 'signed-out');

    env.sockets.acceptsConnections = true;
    await client.logIn({ handle: 'alice', password: 'correct horse' });
    await env.clock.pass(100);
    assert.deepEqual(stored(), ['patience']);
  });

  it('by revocation deletes everything stored', async () => {
    const storage = memoryStorage();
    const { env, client, say } = await setUp({ storage });
    env.sockets.dropAnswersTo.add('message.send');
    await say('secret');
    env.sockets.closeWith(4504);
    await env.clock.pass(100);

    assert.equal(client.state.phase, 'signed-out');
    assert.deepEqual(await storage.listEntries(), []);
    assert.equal(await storage.getValue('snapshot'), undefined);
  });
});

describe('two tabs', () => {
  /** Two tabs without a browser; the first is the leader. */
  function browser() {
    /** @type {((topic: string, detail: any) => void)[][]} */
    const listeners = [];
    return (/** @type {number} */ number) => ({
      isLeader: () => number === 0,
      broadcast(/** @type {string} */ topic, /** @type {any} */ detail) {
        for (const listener of listeners.filter((_, other) => other !== number).flat())
          listener(topic, detail);
      },
      onMessage(/** @type {any} */ listener) {
        listeners[number] ??= [];
        listeners[number].push(listener);
      },
      onBecomeLeader: (/** @type {() => void} */ listener) => number === 0 && listener(),
      withLock: (/** @type {string} */ _name, /** @type {() => any} */ work) => work(),
    });
  }

  it('show the same outbox, and the leader takes over the entries of the other', async () => {
    const storage = memoryStorage();
    const tab = browser();
    const { env, client, id, say, stored } = await setUp({ storage, tabs: tab(1) });
    const speaker = env.openPage({ storage, tabs: tab(0) });
    await env.clock.pass(1_100);
    await speaker.start();
    await env.clock.pass(100);
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    await say('left behind');
    await env.clock.pass(100);
    assert.equal(pendingMessages(speaker.state, id).length, 1);

    env.sockets.acceptsConnections = true;
    client.reconnectNow = () => {};
    speaker.reconnectNow();
    await env.clock.pass(10_000);
    assert.deepEqual(stored(), ['left behind']);
    assert.deepEqual(speaker.state.outbox, []);
    assert.deepEqual(client.state.outbox, []);
  });

  it('log out together', async () => {
    const storage = memoryStorage();
    const tab = browser();
    const { env, client } = await setUp({ storage, tabs: tab(0) });
    await env.clock.pass(1_100);
    const other = env.openPage({ storage, tabs: tab(1) });
    await other.start();
    await env.clock.pass(100);
    await client.logOut();
    await env.clock.pass(10);

    assert.equal(other.state.phase, 'signed-out');
    assert.deepEqual(await storage.listEntries(), []);
    assert.equal(await storage.getValue('snapshot'), undefined);
  });
});

describe('an idempotency key', () => {
  it('is a random UUID', () => {
    assert.match(
      newIdempotencyKey(),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.notEqual(newIdempotencyKey(), newIdempotencyKey());
  });
});
