import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryShelf } from '../../../src/entrypoints/web/client/outbox.js';
import { Stage } from '../fake/index.js';

/** Alice, who closes her page after so many milliseconds, and a next one that is not connected. */
async function reopened(/** @type {number} */ after) {
  const stage = new Stage();
  const alice = stage.world.person('alice');
  const bob = stage.world.person('bob', 'Bob');
  stage.world.room(bob.id, 'group', 'Lobby', [alice.id]);
  const shelf = memoryShelf();
  const first = stage.page({ shelf });
  await first.logIn({ handle: 'alice', password: 'correct horse' });
  await stage.clock.pass(after);
  stage.wires.accepts = false;
  stage.wires.cut();
  const next = stage.page({ shelf });
  await next.start();
  return { next, stage };
}

describe('the next page', () => {
  it('shows the conversations of the last one before it is connected', async () => {
    const { next } = await reopened(5_000);

    assert.equal(next.state.listed, true);
    assert.equal(next.state.conversations.size, 1);
  });

  it('does not say that there are no conversations before it knows', async () => {
    const { next, stage } = await reopened(0);
    assert.equal(next.state.listed, false);

    stage.wires.accepts = true;
    await stage.clock.pass(60_000);
    assert.equal(next.state.listed, true);
    assert.equal(next.state.conversations.size, 1);
  });
});
