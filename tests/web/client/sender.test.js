import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryShelf, newKey } from '../../../src/entrypoints/web/client/outbox.js';
import { pending } from '../../../src/entrypoints/web/client/store/select.js';
import { Stage } from '../fake/index.js';
import { Refusal } from '../fake/world.js';

/** Alice's page and a conversation with Bob. @param {object} [options] */
async function scene(options) {
  const stage = new Stage();
  const client = await stage.arrive('alice', options);
  const bob = stage.world.person('bob');
  const id = await client.groups.direct(bob.id);
  await client.open(id);
  await stage.clock.pass(600);
  const say = (/** @type {string} */ text) =>
    client.outbox.post({ conversation: id, body: { text } });
  const log = () =>
    client.state.conversations.get(id)?.log.messages.map((message) => message.body.text);
  const stored = () =>
    /** @type {any} */ (stage.world.rooms.get(id)).events
      .filter((/** @type {any} */ event) => event.seq)
      .map((/** @type {any} */ event) => event.data.body.text);
  const sends = () => stage.wires.frames.filter((frame) => frame.type === 'message.send');
  return { stage, client, bob, id, say, log, stored, sends };
}

describe('a message', () => {
  it('is shown at once, acknowledged, and in the log once', async () => {
    const { stage, client, id, say, log } = await scene();
    const posting = say('hello');
    assert.deepEqual(
      client.state.outbox.map((entry) => entry.status),
      ['waiting'],
    );

    await posting;
    await stage.clock.pass(10);
    assert.deepEqual(log(), ['hello']);
    assert.deepEqual(pending(client.state, id), []);
  });

  it('keeps its place: one of a conversation is under way at a time', async () => {
    const { stage, say, sends, stored } = await scene();
    stage.wires.mute.add('message.send');
    await say('one');
    await say('two');
    await stage.clock.pass(100);
    assert.equal(sends().length, 1);

    stage.wires.mute.clear();
    await stage.clock.pass(20_000);
    assert.deepEqual(stored(), ['one', 'two']);
  });

  it('whose answer was lost is sent again with the same key, and stands once', async () => {
    const { stage, say, sends, stored, log } = await scene();
    stage.wires.mute.add('message.send');
    await say('once');
    await stage.clock.pass(100);
    stage.wires.mute.clear();
    stage.wires.cut();
    await stage.clock.pass(2_000);

    assert.deepEqual(
      sends().map((frame) => frame.key),
      [sends()[0].key, sends()[0].key],
    );
    assert.deepEqual(stored(), ['once']);
    assert.deepEqual(log(), ['once']);
  });

  it('written offline goes out after the return, in order', async () => {
    const { stage, client, say, stored } = await scene();
    stage.wires.accepts = false;
    stage.wires.cut();
    for (const text of ['a', 'b', 'c']) await say(text);
    await stage.clock.pass(1_000);
    assert.deepEqual(stored(), []);

    stage.wires.accepts = true;
    client.retryNow();
    await stage.clock.pass(100);
    assert.deepEqual(stored(), ['a', 'b', 'c']);
  });

  it('that is refused for good stays failed, lets others pass, and can be tried again', async () => {
    const { stage, client, id, say, stored } = await scene();
    stage.wires.instead.set('message.send', () => {
      throw new Refusal(403, 'muted');
    });
    const entry = await say('first');
    await stage.clock.pass(100);
    assert.deepEqual(
      pending(client.state, id).map(({ status, error }) => [status, error]),
      [['failed', 'muted']],
    );

    stage.wires.instead.clear();
    await say('second');
    await stage.clock.pass(100);
    assert.deepEqual(stored(), ['second']);

    await client.outbox.retry(entry.key);
    await stage.clock.pass(100);
    assert.deepEqual(stored(), ['second', 'first']);
  });

  it('that came too fast waits as long as the service asked', async () => {
    const { stage, say, sends, stored } = await scene();
    stage.wires.instead.set('message.send', () => {
      throw new Refusal(429, 'rate_limited', { temporary: true, retry_after_ms: 1_500 });
    });
    await say('patience');
    await stage.clock.pass(1_000);
    stage.wires.instead.clear();
    assert.equal(sends().length, 1);

    await stage.clock.pass(600);
    assert.deepEqual(stored(), ['patience']);
  });

  it('thrown away is never sent', async () => {
    const { stage, client, say, stored } = await scene();
    stage.wires.accepts = false;
    stage.wires.cut();
    const entry = await say('regret');
    await client.outbox.discard(entry.key);
    stage.wires.accepts = true;
    client.retryNow();
    await stage.clock.pass(100);

    assert.deepEqual(stored(), []);
  });
});

describe('a reload', () => {
  it('with unsent messages sends each once, in order', async () => {
    const shelf = memoryShelf();
    const { stage, client, say, stored } = await scene({ shelf });
    await stage.clock.pass(1_100);
    stage.wires.accepts = false;
    stage.wires.cut();
    await say('one');
    await say('two');
    stage.wires.accepts = true;

    const next = stage.page({ shelf });
    await next.start();
    await stage.clock.pass(100);
    assert.equal(next.state.me?.handle, client.state.me?.handle);
    assert.deepEqual(stored(), ['one', 'two']);
    assert.deepEqual(next.state.outbox, []);
  });

  it('between commit and answer does not double the message', async () => {
    const shelf = memoryShelf();
    const { stage, say, stored } = await scene({ shelf });
    await stage.clock.pass(1_100);
    stage.wires.mute.add('message.send');
    await say('once');
    await stage.clock.pass(10);
    assert.deepEqual(stored(), ['once']);
    stage.wires.mute.clear();

    const next = stage.page({ shelf });
    await next.start();
    await stage.clock.pass(100);
    assert.deepEqual(stored(), ['once']);
    assert.deepEqual(next.state.outbox, []);
  });

  it('keeps a failed message failed', async () => {
    const shelf = memoryShelf();
    const { stage, say, sends } = await scene({ shelf });
    await stage.clock.pass(1_100);
    stage.wires.instead.set('message.send', () => {
      throw new Refusal(422, 'invalid');
    });
    await say('no');
    await stage.clock.pass(100);
    const next = stage.page({ shelf });
    await next.start();
    await stage.clock.pass(100);

    assert.equal(next.state.outbox[0].status, 'failed');
    assert.equal(sends().length, 1);
  });

  it('shows who is signed in and the list before anything was answered', async () => {
    const shelf = memoryShelf();
    const { stage, id } = await scene({ shelf });
    await stage.clock.pass(1_100);
    stage.routes.reachable = false;
    const next = stage.page({ shelf });
    await next.start();
    await stage.clock.pass(10);

    assert.equal(next.state.phase, 'signed-in');
    assert.ok(next.state.conversations.has(id));
    assert.equal(next.state.link.phase, 'waiting');
  });
});

describe('a session that ended', () => {
  it('by itself keeps unsent messages for the next log-in of the same user', async () => {
    const shelf = memoryShelf();
    const { stage, client, say, stored } = await scene({ shelf });
    stage.wires.accepts = false;
    stage.wires.cut();
    await say('patience');
    stage.routes.cookie = null;
    for (const token of stage.routes.tokens.keys()) stage.routes.expired.add(token);
    await stage.clock.pass(15 * 60_000);
    assert.equal(client.state.phase, 'signed-out');

    stage.wires.accepts = true;
    await client.logIn({ handle: 'alice', password: 'correct horse' });
    await stage.clock.pass(100);
    assert.deepEqual(stored(), ['patience']);
  });

  it('by an order from another device leaves nothing behind', async () => {
    const shelf = memoryShelf();
    const { stage, client, say } = await scene({ shelf });
    stage.wires.mute.add('message.send');
    await say('secret');
    stage.wires.cut(4504);
    await stage.clock.pass(100);

    assert.equal(client.state.phase, 'signed-out');
    assert.deepEqual(await shelf.all(), []);
    assert.equal(await shelf.recall('snapshot'), undefined);
  });
});

describe('two tabs', () => {
  /** Tabs of one browser without a browser; the first speaks. */
  function browser() {
    /** @type {((topic: string, detail: any) => void)[][]} */
    const listeners = [];
    return (/** @type {number} */ number) => ({
      speaks: () => number === 0,
      tell(/** @type {string} */ topic, /** @type {any} */ detail) {
        for (const listener of listeners.filter((_, other) => other !== number).flat())
          listener(topic, detail);
      },
      onTold(/** @type {any} */ listener) {
        listeners[number] ??= [];
        listeners[number].push(listener);
      },
      onSpeak: (/** @type {() => void} */ listener) => number === 0 && listener(),
      exclusively: (/** @type {string} */ _name, /** @type {() => any} */ work) => work(),
    });
  }

  it('show the same outbox, and the speaking one takes over what the other left', async () => {
    const shelf = memoryShelf();
    const tab = browser();
    const { stage, client, id, say, stored } = await scene({ shelf, tabs: tab(1) });
    const speaker = stage.page({ shelf, tabs: tab(0) });
    await stage.clock.pass(1_100);
    await speaker.start();
    await stage.clock.pass(100);
    stage.wires.accepts = false;
    stage.wires.cut();
    await say('left behind');
    await stage.clock.pass(100);
    assert.equal(pending(speaker.state, id).length, 1);

    stage.wires.accepts = true;
    client.retryNow = () => {};
    speaker.retryNow();
    await stage.clock.pass(10_000);
    assert.deepEqual(stored(), ['left behind']);
    assert.deepEqual(speaker.state.outbox, []);
    assert.deepEqual(client.state.outbox, []);
  });

  it('sign out together', async () => {
    const shelf = memoryShelf();
    const tab = browser();
    const { stage, client } = await scene({ shelf, tabs: tab(0) });
    await stage.clock.pass(1_100);
    const other = stage.page({ shelf, tabs: tab(1) });
    await other.start();
    await stage.clock.pass(100);
    await client.logOut();
    await stage.clock.pass(10);

    assert.equal(other.state.phase, 'signed-out');
    assert.deepEqual(await shelf.all(), []);
    assert.equal(await shelf.recall('snapshot'), undefined);
  });
});

describe('a key', () => {
  it('is a random UUID', () => {
    assert.match(
      newKey(),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.notEqual(newKey(), newKey());
  });
});
