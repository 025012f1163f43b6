/** Creates a client from the browser's own fetch, WebSocket, IndexedDB, locks and push manager. */

import { Client } from './client.js';
import { indexedDbStorage, memoryStorage } from './storage.js';
import { browserPushPlatform } from './push-platform.js';
import { browserTabs, singleTab } from './tabs.js';

const SOCKET_PATH = '/v1/ws';

/**
 * Create a client for this page.
 * @param {object} [options]
 * @param {string} [options.origin] origin of the service; the page's own by default
 * @param {string} [options.device] name under which this device is listed
 * @returns {Promise<Client>}
 */
export async function createBrowserClient({ origin = location.origin, device = 'Browser' } = {}) {
  const socket = new URL(SOCKET_PATH, origin.replace(/^http/, 'ws'));
  return new Client({
    fetch: (...request) => fetch(...request),
    connect: (protocol) => new WebSocket(socket, protocol),
    device: { name: device, platform: 'web' },
    base: origin === location.origin ? '' : origin,
    pushPlatform: browserPushPlatform(navigator.serviceWorker),
    storage: await indexedDbStorage(indexedDB, 'parlour').catch(memoryStorage),
    tabs: navigator.locks
      ? browserTabs(navigator.locks, new BroadcastChannel('parlour'))
      : singleTab(),
  });
}
