/** The service worker, registered through the one policy that lets a script in. */

const WORKER = '/worker.js';

/** Register it where the browser has such a thing; without it everything but Web Push works. */
export async function registerWorker() {
  if (!('serviceWorker' in navigator)) return;
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('parlour', {
    createScriptURL(/** @type {string} */ url) {
      if (url !== WORKER) throw new TypeError(`${url} is not a script of this page`);
      return url;
    },
  });
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER);
}
