import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { typists } from '../../../src/entrypoints/web/client/store/select.js';
import { scene, sent } from '../fake/scene.js';

describe('attention', () => {
  it('says what arrived and what was read, once and merged', async () => {
    const { stage, client, bob, room, conversation } = await scene();
    for (const text of ['1', '2', '3']) stage.world.say(bob.id, room.id, text);
    await stage.clock.pass(200);
    assert.deepEqual(
      sent(stage, 'received').map((frame) => frame.marks),
      [{ [room.id]: 3 }],
    );

    client.attention.read(room.id, 2);
    client.attention.read(room.id, 3);
    assert.equal(conversation().head.unread, 0);
    await stage.clock.pass(300);
    assert.deepEqual(
      sent(stage, 'read').map((frame) => frame.seq),
      [3],
    );
  });

  it('tells a read mark that was made offline after the return', async () => {
    const { stage, client, alice, bob, room } = await scene();
    stage.world.say(bob.id, room.id, 'hi');
    await stage.clock.pass(200);
    stage.wires.cut();
    client.attention.read(room.id, 1);
    await stage.clock.pass(2_000);

    assert.equal(room.members.get(alice)?.read, 1);
  });

  it('takes a mark of unread away, whenever the line is back, and others hear nothing', async () => {
    const { stage, client, alice, bob, room, conversation } = await scene();
    stage.world.say(bob.id, room.id, 'hi');
    client.attention.read(room.id, 1);
    await stage.clock.pass(300);
    await client.groups.markUnread(room.id);
    // What stands there was seen before: it is not the one that the mark waits for.
    client.attention.read(room.id, 1);
    assert.equal(conversation().head.marked_unread, true);

    stage.wires.cut();
    client.attention.unmark(room.id);
    assert.equal(conversation().head.marked_unread, false);
    await stage.clock.pass(2_000);
    assert.equal(room.members.get(alice)?.marked_unread, false);
    const last = sent(stage, 'read').at(-1);
    assert.deepEqual([last?.seq, last?.private], [1, true]);
    client.attention.unmark(room.id);
    assert.equal(conversation().head.marked_unread, false);
  });

  it('reads everything openly, where a mark of unread stands beside new messages', async () => {
    const { stage, client, alice, bob, room } = await scene();
    await client.groups.markUnread(room.id);
    stage.world.say(bob.id, room.id, 'hi');
    await stage.clock.pass(200);
    client.attention.readAll(room.id);
    await stage.clock.pass(300);
    const [frame] = sent(stage, 'read');

    assert.deepEqual([frame.seq, frame.private], [1, undefined]);
    assert.equal(room.members.get(alice)?.marked_unread, false);
  });

  it('repeats focus and watched people on a new socket', async () => {
    const { stage, client, bob, room } = await scene();
    client.attention.focus(room.id);
    client.attention.watch([bob.id]);
    await stage.clock.pass(300);
    stage.wires.cut();
    await stage.clock.pass(2_000);

    assert.equal(sent(stage, 'focus').length, 2);
    assert.equal(sent(stage, 'presence.watch').length, 2);
    assert.equal(client.state.presence.get(bob.id)?.state, 'offline');
  });

  it('repeats a typing sign every three seconds at most', async () => {
    const { stage, client, room } = await scene();
    for (let key = 0; key < 40; key++) {
      client.attention.typing(room.id, true);
      await stage.clock.pass(100);
    }
    client.attention.typing(room.id, false);
    client.attention.typing(room.id, false);

    assert.deepEqual(
      sent(stage, 'typing').map((frame) => frame.on),
      [true, true, false],
    );
  });

  it('forgets a typing sign that is not renewed', async () => {
    const { stage, client, bob, room } = await scene();
    const [wire] = stage.wires.open;
    wire.hear({ type: 'typing', conversation: room.id, user: bob.id, on: true });
    await stage.clock.pass(5_000);
    assert.deepEqual(typists(client.state, room.id), [bob.id]);

    await stage.clock.pass(2_000);
    assert.deepEqual(typists(client.state, room.id), []);
  });
});
