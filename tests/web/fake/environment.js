/** A fake service in memory, and clients of it with a clock that the test controls. */

import { Client } from '../../../src/entrypoints/web/client/client.js';
import { memoryStorage } from '../../../src/entrypoints/web/client/storage.js';
import { singleTab } from '../../../src/entrypoints/web/client/tabs.js';
import { FakeClock } from './clock.js';
import { FakeHttp } from './http.js';
import { FakeSockets } from './sockets.js';
import { FakeService } from './service.js';

/** A fake service, its transports, and a clock. */
export class TestEnvironment {
  clock = new FakeClock();
  service = new FakeService();
  http = new FakeHttp(this.service);
  sockets = new FakeSockets(this.service, this.http);

  constructor() {
    this.service.now = this.clock.now;
    this.notifications = this.http.notifications;
  }

  /**
   * Create a client. Passing the same storage again simulates a reload.
   * @param {object} [options]
   * @param {import('../../../src/entrypoints/web/client/storage.js').ClientStorage}
   *   [options.storage]
   * @param {import('../../../src/entrypoints/web/client/drafts.js').Values} [options.values]
   * @param {import('../../../src/entrypoints/web/client/tabs.js').Tabs} [options.tabs]
   * @param {import('../../../src/entrypoints/web/client/push-platform.js').PushPlatform}
   *   [options.pushPlatform]
   */
  openPage({ storage = memoryStorage(), values, tabs = singleTab(), pushPlatform } = {}) {
    return new Client({
      fetch: this.http.fetch,
      connect: this.sockets.connect,
      device: { name: 'Test', platform: 'web' },
      clock: this.clock,
      random: () => 0.5,
      base: 'http://service',
      storage,
      values,
      tabs,
      pushPlatform,
    });
  }

  /**
   * Create a client and register a user with it.
   * @param {string} handle
   * @param {object} [options]
   */
  async openRegistered(handle, options) {
    const client = this.openPage(options);
    await client.register({ handle, password: 'correct horse' });
    await this.clock.pass(50);
    return client;
  }
}
