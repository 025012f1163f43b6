import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { typingUsers } from '../../../src/entrypoints/web/client/store/selectors.js';
import { aliceAndBob, framesOfType } from '../fake/setup.js';

describe('activity', () => {
  it('reports received and read marks once, merged', async () => {
    const { env, client, bob, room, conversation } = await aliceAndBob();
    for (const text of ['1', '2', '3']) env.service.sendAs(bob.id, room.id, text);
    await env.clock.pass(200);
    assert.deepEqual(
      framesOfType(env, 'received').map((frame) => frame.marks),
      [{ [room.id]: 3 }],
    );

    client.activity.markRead(room.id, 2);
    client.activity.markRead(room.id, 3);
    assert.equal(conversation().head.unread, 0);
    await env.clock.pass(300);
    assert.deepEqual(
      framesOfType(env, 'read').map((frame) => frame.seq),
      [3],
    );
  });

  it('sends a read mark made offline after the reconnect', async () => {
    const { env, client, alice, bob, room } = await aliceAndBob();
    env.service.sendAs(bob.id, room.id, 'hi');
    await env.clock.pass(200);
    env.sockets.closeWith();
    client.activity.markRead(room.id, 1);
    await env.clock.pass(2_000);

    assert.equal(room.members.get(alice)?.read, 1);
  });

  it('removes the mark "unread" after a reconnect without telling other members', async () => {
    const { env, client, alice, bob, room, conversation } = await aliceAndBob();
    env.service.sendAs(bob.id, room.id, 'hi');
    client.activity.markRead(room.id, 1);
    await env.clock.pass(300);
    await client.conversations.markUnread(room.id);
    // The messages were read before: reading them again does not remove the mark.
    client.activity.markRead(room.id, 1);
    assert.equal(conversation().head.marked_unread, true);

    env.sockets.closeWith();
    client.activity.clearUnreadMark(room.id);
    assert.equal(conversation().head.marked_unread, false);
    await env.clock.pass(2_000);
    assert.equal(room.members.get(alice)?.marked_unread, false);
    const last = framesOfType(env, 'read').at(-1);
    assert.deepEqual([last?.seq, last?.private], [1, true]);
    client.activity.clearUnreadMark(room.id);
    assert.equal(conversation().head.marked_unread, false);
  });

  it('sends a public read mark when new messages are read together with the mark "unread"', async () => {
    const { env, client, alice, bob, room } = await aliceAndBob();
    await client.conversations.markUnread(room.id);
    env.service.sendAs(bob.id, room.id, 'hi');
    await env.clock.pass(200);
    client.activity.markAllRead(room.id);
    await env.clock.pass(300);
    const [frame] = framesOfType(env, 'read');

    assert.deepEqual([frame.seq, frame.private], [1, undefined]);
    assert.equal(room.members.get(alice)?.marked_unread, false);
  });

  it('sends the focus and the watched users again on a new socket', async () => {
    const { env, client, bob, room } = await aliceAndBob();
    client.activity.setFocus(room.id);
    client.activity.watchPresence([bob.id]);
    await env.clock.pass(300);
    env.sockets.closeWith();
    await env.clock.pass(2_000);

    assert.equal(framesOfType(env, 'focus').length, 2);
    assert.equal(framesOfType(env, 'presence.watch').length, 2);
    assert.equal(client.state.presence.get(bob.id)?.state, 'offline');
  });

  it('shows what was read while the service did not know the focus', async () => {
    const { env, client, bob, room, conversation } = await aliceAndBob();
    client.activity.setFocus(room.id);
    client.outbox.send({ conversation: room.id, body: { text: 'hi' } });
    await env.clock.pass(300);
    env.sockets.closeWith();
    const member = room.members.get(bob.id);
    assert.ok(member);
    member.read = 1;
    await env.clock.pass(2_000);

    assert.equal(conversation().receipts.get(bob.id)?.read, 1);
  });

  it('chooses a presence, which is kept when the service has acknowledged it', async () => {
    const { env, client } = await aliceAndBob();
    await client.activity.choosePresence('invisible');
    const [frame] = framesOfType(env, 'presence.set');
    assert.deepEqual([frame.state, frame.text], ['invisible', undefined]);
    assert.equal(client.state.me?.presence?.state, 'invisible');

    env.sockets.closeWith();
    await env.clock.pass(2_000);
    assert.equal(framesOfType(env, 'presence.set').length, 1);
    assert.equal(client.state.me?.presence?.state, 'invisible');
  });

  it('reports typing at most every three seconds', async () => {
    const { env, client, room } = await aliceAndBob();
    for (let key = 0; key < 40; key++) {
      client.activity.setTyping(room.id, true);
      await env.clock.pass(100);
    }
    client.activity.setTyping(room.id, false);
    client.activity.setTyping(room.id, false);

    assert.deepEqual(
      framesOfType(env, 'typing').map((frame) => frame.on),
      [true, true, false],
    );
  });

  it('removes typing that is not repeated', async () => {
    const { env, client, bob, room } = await aliceAndBob();
    const [socket] = env.sockets.open;
    socket.receive({ type: 'typing', conversation: room.id, user: bob.id, on: true });
    await env.clock.pass(5_000);
    assert.deepEqual(typingUsers(client.state, room.id), [bob.id]);

    await env.clock.pass(2_000);
    assert.deepEqual(typingUsers(client.state, room.id), []);
  });
});
