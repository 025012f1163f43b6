/** Registers the service worker, through the page's only Trusted Types policy. */

const WORKER_PATH = 'worker.js';

/**
 * Register the service worker, if the browser supports it. Only Web Push and the offline page need
 * it.
 */
export async function registerWorker() {
  if (!('serviceWorker' in navigator)) return;
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('parlour', {
    createScriptURL(/** @type {string} */ url) {
      if (url !== WORKER_PATH) throw new TypeError(`${url} is not a script of this page`);
      return url;
    },
  });
  await navigator.serviceWorker.register(
    policy ? policy.createScriptURL(WORKER_PATH) : WORKER_PATH,
  );
}
