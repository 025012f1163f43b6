/** A whole service in memory, and clients of it on a clock that the test holds. */

import { Client } from '../../../src/entrypoints/web/client/client.js';
import { memoryShelf } from '../../../src/entrypoints/web/client/outbox.js';
import { onlyTab } from '../../../src/entrypoints/web/client/tabs.js';
import { FakeClock } from './clock.js';
import { Routes } from './routes.js';
import { Wires } from './wire.js';
import { World } from './world.js';

/** A service with one browser in front of it. */
export class Stage {
  clock = new FakeClock();
  world = new World();
  routes = new Routes(this.world);
  wires = new Wires(this.world, this.routes);

  constructor() {
    this.world.now = this.clock.now;
    this.bell = this.routes.bell;
  }

  /**
   * Open a page. A shelf that is passed again is what a reload finds.
   * @param {object} [options]
   * @param {import('../../../src/entrypoints/web/client/outbox.js').Shelf} [options.shelf]
   * @param {import('../../../src/entrypoints/web/client/tabs.js').Tabs} [options.tabs]
   * @param {import('../../../src/entrypoints/web/client/push-gate.js').Gate} [options.gate]
   */
  page({ shelf = memoryShelf(), tabs = onlyTab(), gate } = {}) {
    return new Client({
      fetch: this.routes.fetch,
      connect: this.wires.connect,
      device: { name: 'Test', platform: 'web' },
      clock: this.clock,
      random: () => 0.5,
      base: 'http://service',
      shelf,
      tabs,
      gate,
    });
  }

  /** Open a page and register somebody on it. @param {string} handle @param {object} [options] */
  async arrive(handle, options) {
    const client = this.page(options);
    await client.register({ handle, password: 'correct horse' });
    await this.clock.pass(50);
    return client;
  }
}
