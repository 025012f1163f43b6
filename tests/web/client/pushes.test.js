import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryShelf } from '../../../src/entrypoints/web/client/outbox.js';
import { Stage } from '../fake/index.js';

/** @import {Address, Gate, Permission} from '../../../src/entrypoints/web/client/push-gate.js' */

/** A browser that lets itself be pushed to, unless its user or its push service say no. */
class Browser {
  /** @type {Permission} */
  is = 'default';
  /** What the user answers. @type {Permission} */
  answer = 'granted';
  works = true;
  /** @type {Address | null} */
  address = null;
  #made = 0;

  /** @type {Gate} */
  gate = {
    permission: () => this.is,
    ask: async () => {
      this.is = this.is === 'default' ? this.answer : this.is;
      return this.is;
    },
    find: async () => this.address,
    subscribe: async (key) => {
      if (!this.works) throw new Error('Registration failed: push service error');
      this.#made += 1;
      const endpoint = `push/${this.#made}`;
      this.address = { endpoint, keys: { p256dh: 'p', auth: 'a' }, key };
      return this.address;
    },
    drop: async () => {
      this.address = null;
    },
  };
}

async function scene() {
  const stage = new Stage();
  const browser = new Browser();
  const shelf = memoryShelf();
  const client = await stage.arrive('alice', { gate: browser.gate, shelf });
  const told = () =>
    stage.bell.subscriptions.map(({ endpoint, preview }) => `${endpoint} ${preview}`);
  const status = () => client.state.pushes.status;
  return { stage, browser, shelf, client, told, status };
}

describe('pushes', () => {
  it('are off until the user turns them on, and say nothing of what was written', async () => {
    const { client, told, status } = await scene();
    assert.equal(status(), 'off');
    await client.pushes.turnOn();

    assert.equal(status(), 'on');
    assert.deepEqual(told(), ['push/1 false']);
    await client.pushes.show(true);
    assert.deepEqual(told(), ['push/1 true']);
    assert.equal(client.state.pushes.preview, true);
  });

  it('end at the service and in the browser when they are turned off', async () => {
    const { browser, client, told, status } = await scene();
    await client.pushes.turnOn();
    await client.pushes.turnOff();

    assert.equal(status(), 'off');
    assert.deepEqual([told(), browser.address], [[], null]);
  });

  for (const [answer, shown] of /** @type {const} */ ([
    ['denied', 'denied'],
    ['default', 'off'],
  ]))
    it(`stay off where the user answers ${answer}`, async () => {
      const { browser, client, told, status } = await scene();
      browser.answer = answer;
      await client.pushes.turnOn();

      assert.equal(status(), shown);
      assert.deepEqual(told(), []);
    });

  it('are blocked where the browser may notify and gives no address all the same', async () => {
    const { browser, client, status } = await scene();
    browser.works = false;
    await client.pushes.turnOn();

    assert.equal(status(), 'blocked');
    browser.works = true;
    await client.pushes.turnOn();
    assert.equal(status(), 'on');
  });

  it('are off and can be tried again where the service did not answer', async () => {
    const { stage, client, status } = await scene();
    stage.routes.reachable = false;
    await assert.rejects(client.pushes.turnOn(), { code: 'offline' });
    assert.equal(status(), 'off');

    stage.routes.reachable = true;
    await client.pushes.turnOn();
    assert.equal(status(), 'on');
  });

  it('get a new address at the next start where the service has another key', async () => {
    const { stage, browser, shelf, client, told } = await scene();
    await client.pushes.turnOn();
    await client.pushes.show(true);
    stage.bell.key = 'key-2';
    stage.wires.cut();
    const next = stage.page({ shelf, gate: browser.gate });
    await next.start();
    await stage.clock.pass(100);

    assert.equal(browser.address?.key, 'key-2');
    assert.ok(told().includes('push/2 true'));
    assert.deepEqual(next.state.pushes, { status: 'on', preview: true });
  });

  it('are what the user chose again, once the push service is within reach', async () => {
    const { stage, browser, shelf, client } = await scene();
    await client.pushes.turnOn();
    stage.bell.key = 'key-2';
    browser.works = false;
    stage.wires.cut();
    const away = stage.page({ shelf, gate: browser.gate });
    await away.start();
    await stage.clock.pass(100);
    assert.equal(away.state.pushes.status, 'blocked');

    browser.works = true;
    const next = stage.page({ shelf, gate: browser.gate });
    await next.start();
    await stage.clock.pass(100);
    assert.equal(next.state.pushes.status, 'on');
  });

  it('pause while the user does not want to be disturbed', async () => {
    const { stage, browser, client, told, status } = await scene();
    await client.pushes.turnOn();
    client.pushes.quiet = true;
    await stage.clock.pass(10);
    assert.deepEqual([told(), status()], [[], 'on']);

    client.pushes.quiet = false;
    await stage.clock.pass(10);
    assert.deepEqual(told(), ['push/1 false']);
    assert.ok(browser.address);
  });

  it('end with the session, and the next user of the browser decides anew', async () => {
    const { stage, browser, client, status } = await scene();
    await client.pushes.turnOn();
    await client.logOut();
    assert.equal(browser.address, null);

    await client.register({ handle: 'bob', password: 'correct horse' });
    await stage.clock.pass(100);
    assert.equal(status(), 'off');
    assert.equal(browser.address, null);
  });

  it('are not to be had where the browser or the service offers none', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    assert.equal(client.state.pushes.status, 'unsupported');
    await client.pushes.turnOn();
    assert.equal(client.state.pushes.status, 'unsupported');
  });
});
