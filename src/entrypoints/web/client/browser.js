/** Creates a client from the browser's own fetch, WebSocket, IndexedDB, locks and push manager. */

import { Client } from './client.js';
import { openClientStorage, optional } from './platform.js';
import { browserPushPlatform } from './push-platform.js';
import { browserTabs, singleTab } from './tabs.js';

const SOCKET_PATH = '/v1/ws';

/**
 * Create a client for this page.
 * @param {object} [options]
 * @param {string} [options.service] address of the service; the folder of the page by default
 * @param {string} [options.device] name under which this device is listed
 * @param {import('./drafts.js').Values} [options.values] for drafts; in memory by default
 * @param {import('./platform.js').LossListener} [options.onStorageLoss] called when the browser
 *   refuses to store something
 * @returns {Promise<Client>}
 */
export async function createBrowserClient({
  service = new URL('.', location.href).href,
  device = 'Browser',
  values,
  onStorageLoss = () => {},
} = {}) {
  const base = service.replace(/\/$/, '');
  const socket = base.replace(/^http/, 'ws') + SOCKET_PATH;
  // Several services may share one origin, each below a path of its own.
  const { pathname } = new URL(service);
  const suffix = pathname === '/' ? '' : ` ${pathname}`;
  return new Client({
    fetch: (...request) => fetch(...request),
    connect: (protocol) => new WebSocket(socket, protocol),
    device: { name: device, platform: 'web' },
    base,
    pushPlatform: browserPushPlatform(optional(() => navigator.serviceWorker, undefined)),
    values,
    storage: await openClientStorage(() => indexedDB, `parlour${suffix}`, onStorageLoss),
    tabs: optional(
      () => browserTabs(navigator.locks, new BroadcastChannel(`parlour${suffix}`), suffix),
      singleTab(),
    ),
  });
}
