/** Registers the service worker, through the page's only Trusted Types policy. */

import { optional, optionalAsync } from '../client/platform.js';

const WORKER_PATH = 'worker.js';

/**
 * Register the service worker, if the browser supports it. Only Web Push and the offline page need
 * it.
 */
export async function registerWorker() {
  if (!optional(() => navigator.serviceWorker, undefined)) return;
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('parlour', {
    createScriptURL(/** @type {string} */ url) {
      if (url !== WORKER_PATH) throw new TypeError(`${url} is not a script of this page`);
      return url;
    },
  });
  const script = policy ? policy.createScriptURL(WORKER_PATH) : WORKER_PATH;
  // Where site data is blocked the registration is refused; the page works without it.
  await optionalAsync(() => navigator.serviceWorker.register(script), undefined);
}
