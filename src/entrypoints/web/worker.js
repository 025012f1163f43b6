/**
 * The service worker: shows what the service pushes while no page is open, and brings the page
 * forward when a notification is chosen. It also keeps the page itself, so that a reload without a
 * connection still shows what is unsent.
 */

/// <reference lib="webworker" />

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const KEPT = 'parlour-page';
const ASSETS = '/assets/';
/** The page itself, whatever its fragment. */
const PAGE = '/';

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(freshFirst(request, PAGE));
  else if (pathname.startsWith(ASSETS) || pathname === '/icon.svg') event.respondWith(freshFirst(request, pathname));
});

/**
 * What the service has now, and only without it what it had last.
 * @param {Request} request
 * @param {string} key
 * @returns {Promise<Response>}
 */
async function freshFirst(request, key) {
  const cache = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(key, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(key);
    if (!kept) throw error;
    return kept;
  }
}

/**
 * A push says as much as the user allows: a title and, where they want it, what was written.
 * @typedef {{title?: string, body?: string, conversation?: string, seq?: number}} Push
 */
worker.addEventListener('push', (event) => {
  /** @type {Push} */
  const push = event.data?.json() ?? {};
  const { title = 'Parlour', body, conversation, seq } = push;
  event.waitUntil(worker.registration.showNotification(title, {
    body, tag: conversation, icon: '/icon.svg', data: { conversation, seq },
  }));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(bringForward(event.notification.data ?? {}));
});

/** @param {{conversation?: string, seq?: number}} place */
async function bringForward({ conversation, seq }) {
  const [page] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (page) {
    await page.focus();
    page.postMessage({ go: { conversation, seq } });
  } else {
    await worker.clients.openWindow(conversation ? `/#/c/${conversation}${seq ? `/${seq}` : ''}` : '/');
  }
}
