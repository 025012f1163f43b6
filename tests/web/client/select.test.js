import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  floor,
  listed,
  statusOf,
  unreadTotal,
} from '../../../src/entrypoints/web/client/store/select.js';
import { scene } from '../fake/scene.js';

describe('what a view asks', () => {
  it('ticks an own message as far as everybody has come', async () => {
    const { stage, client, alice, bob, room, conversation } = await scene();
    await client.open(room.id);
    await client.outbox.post({ conversation: room.id, body: { text: 'hello' } });
    await stage.clock.pass(100);
    const status = () => statusOf(conversation().log.messages[0], floor(conversation()));
    assert.equal(status(), 'sent');

    stage.world.mark(bob.id, room.id, { received: 1 });
    await stage.clock.pass(10);
    assert.equal(status(), 'delivered');
    stage.world.mark(bob.id, room.id, { read: 1 });
    await stage.clock.pass(10);
    assert.equal(status(), 'read');
    assert.equal(conversation().marks.has(alice), false);
  });

  it('lists pinned conversations first, then the newest', async () => {
    const { stage, client, alice, bob, room } = await scene();
    const second = stage.world.room(bob.id, 'group', 'Second', [alice]);
    await stage.clock.pass(100);
    stage.world.say(bob.id, second.id, 'newer');
    await stage.clock.pass(100);
    const titles = () => listed(client.state).map(({ head }) => head.title);
    assert.deepEqual(titles(), ['Second', 'Lobby']);

    await client.groups.pin(room.id, true);
    assert.deepEqual(titles(), ['Lobby', 'Second']);
  });

  it('counts unread messages, of a muted conversation only mentions', async () => {
    const { stage, client, alice, bob, room } = await scene();
    stage.world.say(bob.id, room.id, 'one');
    stage.world.say(bob.id, room.id, 'two', [alice]);
    await stage.clock.pass(100);
    assert.equal(unreadTotal(client.state, stage.clock.now()), 2);

    await client.groups.mute(room.id, '2100-01-01T00:00:00Z');
    assert.equal(unreadTotal(client.state, stage.clock.now()), 1);
  });

  it('knows the names of those who write', async () => {
    const { stage, client, bob, room } = await scene();
    stage.world.say(bob.id, room.id, 'hi');
    await stage.clock.pass(100);
    assert.equal(client.state.users.get(bob.id)?.display_name, 'Bob');
  });
});
