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
});
