import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  lowestReceipts,
  sortedConversations,
  messageStatus,
  seenBy,
  unreadTotal,
} from '../../../src/entrypoints/web/client/store/selectors.js';
import { aliceAndBob } from '../fake/setup.js';

describe('the selectors', () => {
  it('show the delivery status that all members have reached', async () => {
    const { env, client, alice, bob, room, conversation } = await aliceAndBob();
    await client.open(room.id);
    await client.outbox.send({ conversation: room.id, body: { text: 'hello' } });
    await env.clock.pass(100);
    const status = () =>
      messageStatus(conversation().log.messages[0], lowestReceipts(conversation(), alice));
    assert.equal(status(), 'sent');

    env.service.moveMarks(bob.id, room.id, { received: 1 });
    await env.clock.pass(10);
    assert.equal(status(), 'delivered');
    env.service.moveMarks(bob.id, room.id, { read: 1 });
    await env.clock.pass(10);
    assert.equal(status(), 'read');
    assert.equal(conversation().receipts.has(alice), false);
  });

  it('agree with the list of who has seen a message', async () => {
    const { env, client, alice, bob, room, conversation } = await aliceAndBob();
    const [kim, omar] = [env.service.addUser('kim'), env.service.addUser('omar')];
    env.service.addMembers(bob.id, room.id, [kim.id]);
    await env.clock.pass(100);
    await client.open(room.id);
    await env.clock.pass(100);
    await client.outbox.send({ conversation: room.id, body: { text: 'hello' } });
    await env.clock.pass(100);
    const [message] = conversation().log.messages;
    const status = () => messageStatus(message, lowestReceipts(conversation(), alice));
    assert.deepEqual(seenBy(conversation(), message).total, 2);

    env.service.moveMarks(bob.id, room.id, { read: 1 });
    env.service.moveMarks(kim.id, room.id, { received: 1 });
    await env.clock.pass(10);
    assert.deepEqual(seenBy(conversation(), message).read, [bob.id]);
    assert.deepEqual(seenBy(conversation(), message).received, [kim.id]);
    assert.equal(status(), 'delivered');

    // Who joins later could not read it, and who has left does not hold the mark back.
    env.service.addMembers(bob.id, room.id, [omar.id]);
    env.service.removeMember(bob.id, room.id, kim.id);
    await env.clock.pass(10);
    assert.deepEqual(seenBy(conversation(), message), {
      read: [bob.id],
      received: [],
      waiting: [],
      total: 1,
    });
    assert.equal(status(), 'read');
  });

  it('list pinned conversations first, then the newest', async () => {
    const { env, client, alice, bob, room } = await aliceAndBob();
    const second = env.service.addRoom(bob.id, 'group', 'Second', [alice]);
    await env.clock.pass(100);
    env.service.sendAs(bob.id, second.id, 'newer');
    await env.clock.pass(100);
    const titles = () => sortedConversations(client.state).map(({ head }) => head.title);
    assert.deepEqual(titles(), ['Second', 'Lobby']);

    await client.conversations.setPinned(room.id, true);
    assert.deepEqual(titles(), ['Lobby', 'Second']);
  });

  it('count unread messages, in muted conversations only mentions', async () => {
    const { env, client, alice, bob, room } = await aliceAndBob();
    env.service.sendAs(bob.id, room.id, 'one');
    env.service.sendAs(bob.id, room.id, 'two', [alice]);
    await env.clock.pass(100);
    assert.equal(unreadTotal(client.state, env.clock.now()), 2);

    await client.conversations.setMuted(room.id, '2100-01-01T00:00:00Z');
    assert.equal(unreadTotal(client.state, env.clock.now()), 1);
  });

  it('find the names of senders', async () => {
    const { env, client, bob, room } = await aliceAndBob();
    env.service.sendAs(bob.id, room.id, 'hi');
    await env.clock.pass(100);
    assert.equal(client.state.users.get(bob.id)?.display_name, 'Bob');
  });
});
