import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import { TestEnvironment } from '../fake/environment.js';

/** A second page that cannot connect, opened after the first was closed. */
async function reopened(/** @type {number} */ after) {
  const env = new TestEnvironment();
  const alice = env.service.addUser('alice');
  const bob = env.service.addUser('bob', 'Bob');
  env.service.addRoom(bob.id, 'group', 'Lobby', [alice.id]);
  const storage = memoryStorage();
  const first = env.openPage({ storage });
  await first.logIn({ handle: 'alice', password: 'correct horse' });
  await env.clock.pass(after);
  env.sockets.acceptsConnections = false;
  env.sockets.closeWith();
  const next = env.openPage({ storage });
  await next.start();
  return { next, env };
}

describe('the next page', () => {
  it('shows the conversations of the previous one before it is connected', async () => {
    const { next } = await reopened(5_000);

    assert.equal(next.state.conversationsLoaded, true);
    assert.equal(next.state.conversations.size, 1);
  });

  it('does not show an empty list before it is loaded', async () => {
    const { next, env } = await reopened(0);
    assert.equal(next.state.conversationsLoaded, false);

    env.sockets.acceptsConnections = true;
    await env.clock.pass(60_000);
    assert.equal(next.state.conversationsLoaded, true);
    assert.equal(next.state.conversations.size, 1);
  });

  it('shows the last messages of the conversations that were opened', async () => {
    const { storage, env, room, page, bob } = await opened();
    env.service.sendAs(bob, room, 'hello');
    await env.clock.pass(5_000);
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    const next = env.openPage({ storage });
    await next.start();
    const { log, keptLog } = /** @type {any} */ (next.state.conversations.get(room));
    assert.equal(log.loaded, false);
    assert.equal(keptLog.messages.at(-1).body.text, 'hello');
    assert.equal(next.state.users.get(bob)?.display_name, 'Bob');

    // Loaded messages replace the kept ones.
    env.sockets.acceptsConnections = true;
    await env.clock.pass(60_000);
    await next.open(room);
    assert.equal(next.state.conversations.get(room)?.keptLog, null);
    assert.equal(next.state.conversations.get(room)?.log.messages.at(-1)?.body.text, 'hello');
    await page.logOut();
  });

  it('keeps no messages after a log-out, or of a conversation that was left', async () => {
    for (const end of ['log out', 'leave']) {
      const { storage, env, room, page, bob } = await opened();
      await env.clock.pass(5_000);
      assert.equal((await storage.getValue(`kept-log ${room}`)).messages.length, 60);
      if (end === 'leave') env.service.removeMember(bob, room, page.state.me?.id ?? '');
      else await page.logOut();
      await env.clock.pass(5_000);
      assert.equal(await storage.getValue(`kept-log ${room}`), undefined, end);
    }
  });
});

/** A page with an open group of 60 messages. */
async function opened() {
  const env = new TestEnvironment();
  const storage = memoryStorage();
  const page = await env.openRegistered('alice', { storage });
  const bob = env.service.addUser('bob', 'Bob');
  const { id: room } = env.service.addRoom(bob.id, 'group', 'Lobby', [page.state.me?.id ?? '']);
  for (let number = 1; number <= 60; number++) env.service.sendAs(bob.id, room, `${number}`);
  await env.clock.pass(100);
  await page.open(room);
  return { env, storage, page, room, bob: bob.id };
}
