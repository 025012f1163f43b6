/** The client in a browser: the platform's own fetch, WebSocket, storage and locks. */

import { Client } from './client.js';
import { databaseShelf, memoryShelf } from './outbox.js';
import { browserGate } from './push-gate.js';
import { browserTabs, onlyTab } from './tabs.js';

const WEBSOCKET_PATH = '/v1/ws';

/**
 * @param {object} [options]
 * @param {string} [options.origin] of the service; the page's own by default
 * @param {string} [options.device] name under which this device is listed
 * @returns {Promise<Client>}
 */
export async function browserClient({ origin = location.origin, device = 'Browser' } = {}) {
  const socket = new URL(WEBSOCKET_PATH, origin.replace(/^http/, 'ws'));
  return new Client({
    fetch: (...request) => fetch(...request),
    connect: (protocol) => new WebSocket(socket, protocol),
    device: { name: device, platform: 'web' },
    base: origin === location.origin ? '' : origin,
    gate: browserGate(navigator.serviceWorker),
    shelf: await databaseShelf(indexedDB, 'parlour').catch(memoryShelf),
    tabs: navigator.locks
      ? browserTabs(navigator.locks, new BroadcastChannel('parlour'))
      : onlyTab(),
  });
}
