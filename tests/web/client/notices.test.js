import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { notices, unreadNotices } from '../../../src/entrypoints/web/client/store/select.js';
import { Stage } from '../fake/index.js';

/** Alice's page, and Bob who shares a group with her and mentions her so many times. */
async function scene(mentions = 0) {
  const stage = new Stage();
  const alice = stage.world.person('alice');
  const bob = stage.world.person('bob', 'Bob');
  const room = stage.world.room(bob.id, 'group', 'Lobby', [alice.id]);
  const mention = (/** @type {string} */ text) =>
    stage.bell.mention(alice.id, bob.id, room.id, text);
  for (let count = 1; count <= mentions; count++) mention(`number ${count}`);
  const client = stage.page();
  await client.logIn({ handle: 'alice', password: 'correct horse' });
  await stage.clock.pass(200);
  const excerpts = () => notices(client.state).map(({ excerpt }) => excerpt);
  return { stage, client, alice, bob, room, mention, excerpts };
}

describe('the notification centre', () => {
  it('begins with what the service kept, and names whoever spoke', async () => {
    const { client, bob, excerpts } = await scene(2);

    assert.deepEqual(excerpts(), ['number 2', 'number 1']);
    assert.equal(client.state.users.get(bob.id)?.display_name, 'Bob');
    assert.deepEqual(unreadNotices(client.state), { count: 2, more: false });
  });

  it('comes page by page, each notification once, the newest first', async () => {
    const { stage, client, mention, excerpts } = await scene(60);
    assert.deepEqual(unreadNotices(client.state), { count: 50, more: true });
    mention('one more');
    await stage.clock.pass(100);
    await client.notices.more();
    await client.notices.more();

    const all = Array.from({ length: 60 }, (_, index) => `number ${60 - index}`);
    assert.deepEqual(excerpts(), ['one more', ...all]);
  });

  it('shows the mark of another device, and tells the service its own', async () => {
    const { stage, client, alice, mention } = await scene(3);
    const other = stage.page();
    await other.logIn({ handle: 'alice', password: 'correct horse' });
    await stage.clock.pass(100);
    const unread = (/** @type {typeof client} */ one) => unreadNotices(one.state).count;

    client.notices.read([notices(client.state)[0].id]);
    await stage.clock.pass(100);
    assert.deepEqual([unread(client), unread(other)], [2, 2]);
    client.notices.readAll();
    await stage.clock.pass(100);
    assert.deepEqual([unread(client), unread(other)], [0, 0]);
    assert.ok(stage.bell.kept.get(alice.id)?.every(({ read }) => read));
    mention('again');
    await stage.clock.pass(100);
    assert.deepEqual([unread(client), unread(other)], [1, 1]);
  });

  it('says later what was marked while the line was down', async () => {
    const { stage, client, alice } = await scene(1);
    stage.routes.reachable = false;
    stage.wires.cut();
    client.notices.readAll();
    await stage.clock.pass(100);
    assert.equal(unreadNotices(client.state).count, 0);

    stage.routes.reachable = true;
    await stage.clock.pass(60_000);
    assert.equal(stage.bell.kept.get(alice.id)?.[0].read, true);
  });

  it('begins anew where the private log goes no further back', async () => {
    const { stage, client, alice, room, mention, excerpts } = await scene(1);
    stage.routes.reachable = false;
    stage.wires.cut();
    mention('while away');
    stage.wires.instead.set('sync.me', () => ({ events: [], cursor: '99', reset: true }));
    stage.routes.reachable = true;
    await stage.clock.pass(60_000);

    assert.deepEqual(excerpts(), ['while away', 'number 1']);
    assert.equal(stage.bell.kept.get(alice.id)?.length, 2);
    assert.ok(client.state.conversations.has(room.id));
  });

  it('keeps an invitation new until the group is opened', async () => {
    const { stage, client, alice, bob } = await scene();
    const other = stage.world.room(bob.id, 'group', 'Hike', [alice.id]);
    await stage.clock.pass(100);
    assert.deepEqual(
      notices(client.state).map(({ kind, read }) => [kind, read]),
      [['joined', false]],
    );

    await client.open(other.id);
    assert.equal(unreadNotices(client.state).count, 0);
  });
});
