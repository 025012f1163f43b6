import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  visibleNotifications,
  unreadNotifications,
} from '../../../src/entrypoints/web/client/store/selectors.js';
import { TestEnvironment } from '../fake/environment.js';

/** Alice's page, and Bob, who shares a group with her and has mentioned her. */
async function setUp(mentions = 0) {
  const env = new TestEnvironment();
  const alice = env.service.addUser('alice');
  const bob = env.service.addUser('bob', 'Bob');
  const room = env.service.addRoom(bob.id, 'group', 'Lobby', [alice.id]);
  const mention = (/** @type {string} */ text) =>
    env.notifications.mentionUser(alice.id, bob.id, room.id, text);
  for (let count = 1; count <= mentions; count++) mention(`number ${count}`);
  const client = env.openPage();
  await client.logIn({ handle: 'alice', password: 'correct horse' });
  await env.clock.pass(200);
  const excerpts = () => visibleNotifications(client.state).map(({ excerpt }) => excerpt);
  return { env, client, alice, bob, room, mention, excerpts };
}

describe('the notification centre', () => {
  it('loads the stored notifications and the names of their senders', async () => {
    const { client, bob, excerpts } = await setUp(2);

    assert.deepEqual(excerpts(), ['number 2', 'number 1']);
    assert.equal(client.state.users.get(bob.id)?.display_name, 'Bob');
    assert.deepEqual(unreadNotifications(client.state), { count: 2, more: false });
  });

  it('loads page by page, newest first, without duplicates', async () => {
    const { env, client, mention, excerpts } = await setUp(60);
    assert.deepEqual(unreadNotifications(client.state), { count: 50, more: true });
    mention('one more');
    await env.clock.pass(100);
    await client.notifications.loadMore();
    await client.notifications.loadMore();

    const all = Array.from({ length: 60 }, (_, index) => `number ${60 - index}`);
    assert.deepEqual(excerpts(), ['one more', ...all]);
  });

  it('shows what the messages say now, and nothing of those that were recalled', async () => {
    const { env, bob, room, excerpts } = await setUp(3);
    const edited = (/** @type {number} */ seq, /** @type {object} */ content) =>
      env.service.append(room, bob.id, 'message.edited', { seq, revision: 2, ...content });
    edited(1, { kind: 'text', body: { text: 'another  text' } });
    edited(2, { kind: '', body: {} });
    env.service.append(room, bob.id, 'message.recalled', { seq: 3 });
    await env.clock.pass(100);

    assert.deepEqual(excerpts(), ['number 2', 'another text']);
  });

  it('applies read marks of other devices and sends its own', async () => {
    const { env, client, alice, mention } = await setUp(3);
    const other = env.openPage();
    await other.logIn({ handle: 'alice', password: 'correct horse' });
    await env.clock.pass(100);
    const unread = (/** @type {typeof client} */ one) => unreadNotifications(one.state).count;

    client.notifications.markRead([visibleNotifications(client.state)[0].id]);
    await env.clock.pass(100);
    assert.deepEqual([unread(client), unread(other)], [2, 2]);
    client.notifications.markAllRead();
    await env.clock.pass(100);
    assert.deepEqual([unread(client), unread(other)], [0, 0]);
    assert.ok(env.notifications.byUser.get(alice.id)?.every(({ read }) => read));
    mention('again');
    await env.clock.pass(100);
    assert.deepEqual([unread(client), unread(other)], [1, 1]);
  });

  it('sends marks made offline after the reconnect', async () => {
    const { env, client, alice } = await setUp(1);
    env.http.isReachable = false;
    env.sockets.closeWith();
    client.notifications.markAllRead();
    await env.clock.pass(100);
    assert.equal(unreadNotifications(client.state).count, 0);

    env.http.isReachable = true;
    await env.clock.pass(60_000);
    assert.equal(env.notifications.byUser.get(alice.id)?.[0].read, true);
  });

  it('reloads after a reset of the private log', async () => {
    const { env, client, alice, room, mention, excerpts } = await setUp(1);
    env.http.isReachable = false;
    env.sockets.closeWith();
    mention('while away');
    env.sockets.overrides.set('sync.me', () => ({ events: [], cursor: '99', reset: true }));
    env.http.isReachable = true;
    await env.clock.pass(60_000);

    assert.deepEqual(excerpts(), ['while away', 'number 1']);
    assert.equal(env.notifications.byUser.get(alice.id)?.length, 2);
    assert.ok(client.state.conversations.has(room.id));
  });

  it('keeps an invitation unread until the group is opened', async () => {
    const { env, client, alice, bob } = await setUp();
    const other = env.service.addRoom(bob.id, 'group', 'Hike', [alice.id]);
    await env.clock.pass(100);
    assert.deepEqual(
      visibleNotifications(client.state).map(({ kind, read }) => [kind, read]),
      [['joined', false]],
    );

    await client.open(other.id);
    assert.equal(unreadNotifications(client.state).count, 0);
  });
});
