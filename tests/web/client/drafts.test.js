import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryValues } from '../../../src/entrypoints/web/client/drafts.js';
import { MESSAGE_LIFE_LEVEL } from '../../../src/entrypoints/web/client/limits.js';
import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import { ServiceRefusal } from '../fake/service.js';
import { TestEnvironment } from '../fake/environment.js';
import { framesOfType } from '../fake/setup.js';

/** Two pages of Alice, and her conversation with Bob. */
async function setUp() {
  const env = new TestEnvironment();
  env.sockets.level = MESSAGE_LIFE_LEVEL;
  const options = { values: memoryValues(), storage: memoryStorage() };
  const client = await env.openRegistered('alice', options);
  const bob = env.service.addUser('bob');
  const id = await client.conversations.openDirect(bob.id);
  const me = /** @type {any} */ (client.state.me).id;
  env.sockets.overrides.set('draft.set', ({ conversation, text, reply_to }) => {
    env.service.appendPrivate(me, 'draft.changed', { conversation, text, reply_to });
    return { offset: env.service.users.get(me)?.log.length };
  });
  const sent = () => framesOfType(env, 'draft.set').map(({ text }) => text);
  await env.clock.pass(100);
  return { env, client, id, me, options, sent };
}

describe('a draft', () => {
  it('is sent once nothing was typed for a second', async () => {
    const { env, client, id, sent } = await setUp();
    for (const text of ['D', 'De', 'Dear']) {
      client.drafts.write(id, { text });
      await env.clock.pass(900);
    }
    assert.deepEqual(sent(), []);
    await env.clock.pass(100);
    assert.deepEqual(sent(), ['Dear']);
    assert.equal(client.state.conversations.get(id)?.head.draft?.text, 'Dear');
    assert.equal(client.drafts.isTypedHere(id), false);
  });

  it('is sent at once when the user turns to something else', async () => {
    const { env, client, id, sent } = await setUp();
    client.drafts.write(id, { text: 'Dear', reply_to: 3 });
    client.drafts.flush();
    await env.clock.pass(10);
    assert.deepEqual(sent(), ['Dear']);
    assert.equal(client.drafts.get(id).reply_to, 3);
    await env.clock.pass(2_000);
    assert.deepEqual(sent(), ['Dear']);
  });

  it('that is emptied is removed everywhere, and costs nothing if nobody knew it', async () => {
    const { env, client, id, sent } = await setUp();
    client.drafts.write(id, { text: 'D' });
    client.drafts.write(id, { text: '' });
    await env.clock.pass(2_000);
    assert.deepEqual(sent(), []);

    client.drafts.write(id, { text: 'Dear' });
    await env.clock.pass(1_000);
    client.drafts.write(id, { text: '' });
    await env.clock.pass(10);
    assert.deepEqual(sent(), ['Dear', null]);
    assert.equal(client.state.conversations.get(id)?.head.draft, undefined);
    assert.equal(client.drafts.get(id).text, '');
  });

  it('from another device never replaces what is typed here', async () => {
    const { env, client, id, me, sent } = await setUp();
    client.drafts.write(id, { text: 'Mine' });
    env.service.appendPrivate(me, 'draft.changed', { conversation: id, text: 'Theirs' });
    await env.clock.pass(10);
    assert.equal(client.state.conversations.get(id)?.head.draft?.text, 'Theirs');
    assert.equal(client.drafts.get(id).text, 'Mine');

    await env.clock.pass(1_000);
    assert.deepEqual(sent(), ['Mine']);
    assert.equal(client.state.conversations.get(id)?.head.draft?.text, 'Mine');
    env.service.appendPrivate(me, 'draft.changed', { conversation: id, text: 'Later' });
    await env.clock.pass(10);
    assert.equal(client.drafts.get(id).text, 'Later');
  });

  it('that was typed while the former was sent is sent as well', async () => {
    const { env, client, id, sent } = await setUp();
    env.sockets.latency = 0;
    client.drafts.write(id, { text: 'one' });
    client.drafts.flush();
    client.drafts.write(id, { text: 'one two' });
    await env.clock.pass(10);
    assert.equal(client.drafts.get(id).text, 'one two');
    await env.clock.pass(2_000);
    assert.deepEqual(sent(), ['one', 'one two']);
    assert.equal(client.drafts.isTypedHere(id), false);
  });

  it('survives a reload without a connection, and is sent afterwards', async () => {
    const { env, client, id, options, sent } = await setUp();
    env.sockets.acceptsConnections = false;
    env.sockets.closeWith();
    client.drafts.write(id, { text: 'Offline' });
    await env.clock.pass(5_000);
    assert.deepEqual(sent(), []);

    const next = env.openPage(options);
    await next.start();
    assert.equal(next.drafts.get(id).text, 'Offline');
    env.sockets.acceptsConnections = true;
    await env.clock.pass(60_000);
    assert.ok(sent().includes('Offline'));
    assert.equal(next.drafts.isTypedHere(id), false);
  });

  it('that the service refuses stays on this device', async () => {
    const { env, client, id, sent } = await setUp();
    env.sockets.overrides.set('draft.set', () => {
      throw new ServiceRefusal(422, 'invalid');
    });
    client.drafts.write(id, { text: 'Dear' });
    await env.clock.pass(60_000);
    client.drafts.flush();
    await env.clock.pass(60_000);
    assert.equal(sent().length, 1);
    assert.equal(client.drafts.get(id).text, 'Dear');
  });

  it('that is longer than the service takes stays on this device', async () => {
    const { env, client, id, sent } = await setUp();
    client.drafts.write(id, { text: 'x'.repeat(8_001) });
    await env.clock.pass(5_000);
    assert.deepEqual(sent(), []);
    assert.equal(client.drafts.get(id).text.length, 8_001);
  });

  it('as an earlier version of the page stored it is still there', async () => {
    const { client, id, me, options } = await setUp();
    options.values.set(`parlour.draft.${me}.${id}`, 'plain {text');
    assert.deepEqual(client.drafts.get(id), { text: 'plain {text' });
    options.values.set(`parlour.draft.${me}.${id}`, '{not json');
    assert.deepEqual(client.drafts.get(id), { text: '{not json' });
  });

  it('is gone from this device after the log-out', async () => {
    const { client, id, options } = await setUp();
    client.drafts.write(id, { text: 'Secret' });
    await client.logOut();
    assert.deepEqual(options.values.keys(), []);
  });
});
