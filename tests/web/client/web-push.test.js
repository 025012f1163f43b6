import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import { TestEnvironment } from '../fake/environment.js';

/** @import {BrowserSubscription, PushPlatform, Permission} from '../../../src/entrypoints/web/client/push-platform.js' */

/** A fake browser with Web Push. */
class Browser {
  /** @type {Permission} */
  is = 'default';
  /** The user's answer to the permission request. @type {Permission} */
  answer = 'granted';
  works = true;
  /** @type {BrowserSubscription | null} */
  address = null;
  #made = 0;

  /** @type {PushPlatform} */
  pushPlatform = {
    permission: () => this.is,
    requestPermission: async () => {
      this.is = this.is === 'default' ? this.answer : this.is;
      return this.is;
    },
    getSubscription: async () => this.address,
    subscribe: async (key) => {
      if (!this.works) throw new Error('Registration failed: push service error');
      this.#made += 1;
      const endpoint = `push/${this.#made}`;
      this.address = { endpoint, keys: { p256dh: 'p', auth: 'a' }, key };
      return this.address;
    },
    unsubscribe: async () => {
      this.address = null;
    },
  };
}

async function setUp() {
  const env = new TestEnvironment();
  const browser = new Browser();
  const storage = memoryStorage();
  const client = await env.openRegistered('alice', {
    pushPlatform: browser.pushPlatform,
    storage,
  });
  const told = () =>
    env.notifications.subscriptions.map(({ endpoint, preview }) => `${endpoint} ${preview}`);
  const status = () => client.state.webPush.status;
  return { env, browser, storage, client, told, status };
}

describe('Web Push', () => {
  it('is off until the user turns it on, and then without previews', async () => {
    const { client, told, status } = await setUp();
    assert.equal(status(), 'off');
    await client.webPush.turnOn();

    assert.equal(status(), 'on');
    assert.deepEqual(told(), ['push/1 false']);
    await client.webPush.setPreview(true);
    assert.deepEqual(told(), ['push/1 true']);
    assert.equal(client.state.webPush.preview, true);
  });

  it('is removed from the service and the browser when it is turned off', async () => {
    const { browser, client, told, status } = await setUp();
    await client.webPush.turnOn();
    await client.webPush.turnOff();

    assert.equal(status(), 'off');
    assert.deepEqual([told(), browser.address], [[], null]);
  });

  for (const [answer, shown] of /** @type {const} */ ([
    ['denied', 'denied'],
    ['default', 'off'],
  ]))
    it(`stays off if the user answers ${answer}`, async () => {
      const { browser, client, told, status } = await setUp();
      browser.answer = answer;
      await client.webPush.turnOn();

      assert.equal(status(), shown);
      assert.deepEqual(told(), []);
    });

  it('is blocked if notifications are allowed but the browser cannot subscribe', async () => {
    const { browser, client, status } = await setUp();
    browser.works = false;
    await client.webPush.turnOn();

    assert.equal(status(), 'blocked');
    browser.works = true;
    await client.webPush.turnOn();
    assert.equal(status(), 'on');
  });

  it('stays off and can be turned on again after a network error', async () => {
    const { env, client, status } = await setUp();
    env.http.isReachable = false;
    await assert.rejects(client.webPush.turnOn(), { code: 'offline' });
    assert.equal(status(), 'off');

    env.http.isReachable = true;
    await client.webPush.turnOn();
    assert.equal(status(), 'on');
  });

  it('subscribes again at the next start if the key of the service changed', async () => {
    const { env, browser, storage, client, told } = await setUp();
    await client.webPush.turnOn();
    await client.webPush.setPreview(true);
    env.notifications.key = 'key-2';
    env.sockets.closeWith();
    const next = env.openPage({ storage, pushPlatform: browser.pushPlatform });
    await next.start();
    await env.clock.pass(100);

    assert.equal(browser.address?.key, 'key-2');
    assert.ok(told().includes('push/2 true'));
    assert.deepEqual(next.state.webPush, { status: 'on', preview: true });
  });

  it('applies the choice again when the push service is reachable', async () => {
    const { env, browser, storage, client } = await setUp();
    await client.webPush.turnOn();
    env.notifications.key = 'key-2';
    browser.works = false;
    env.sockets.closeWith();
    const away = env.openPage({ storage, pushPlatform: browser.pushPlatform });
    await away.start();
    await env.clock.pass(100);
    assert.equal(away.state.webPush.status, 'blocked');

    browser.works = true;
    const next = env.openPage({ storage, pushPlatform: browser.pushPlatform });
    await next.start();
    await env.clock.pass(100);
    assert.equal(next.state.webPush.status, 'on');
  });

  it('pauses while "do not disturb" is on', async () => {
    const { env, browser, client, told, status } = await setUp();
    await client.webPush.turnOn();
    client.webPush.paused = true;
    await env.clock.pass(10);
    assert.deepEqual([told(), status()], [[], 'on']);

    client.webPush.paused = false;
    await env.clock.pass(10);
    assert.deepEqual(told(), ['push/1 false']);
    assert.ok(browser.address);
  });

  it('ends at log-out and is off for the next user of the browser', async () => {
    const { env, browser, client, status } = await setUp();
    await client.webPush.turnOn();
    await client.logOut();
    assert.equal(browser.address, null);

    await client.register({ handle: 'bob', password: 'correct horse' });
    await env.clock.pass(100);
    assert.equal(status(), 'off');
    assert.equal(browser.address, null);
  });

  it('is unsupported without a push platform', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    assert.equal(client.state.webPush.status, 'unsupported');
    await client.webPush.turnOn();
    assert.equal(client.state.webPush.status, 'unsupported');
  });
});
