/**
 * The service worker: shows what the service pushes while no page is open, and brings the page
 * forward when a notification is chosen. It also keeps the page itself, so that a reload without a
 * connection still shows what is unsent.
 */

/// <reference lib="webworker" />

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const KEPT = 'parlour-page';
const ASSETS = '/assets/';
const ICON = '/icon.svg';
/** The page itself, whatever its fragment. */
const PAGE = '/';

worker.addEventListener('install', (event) => {
  worker.skipWaiting();
  event.waitUntil(fetch(PAGE).then(keep));
});
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(page(event, request));
  else if (pathname.startsWith(ASSETS) || pathname === ICON) event.respondWith(asset(request));
});

/**
 * The page as the service has it now, and only without the service as it was last.
 * @param {FetchEvent} event
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function page(event, request) {
  try {
    const response = await fetch(request);
    if (response.ok) event.waitUntil(keep(response.clone()));
    return response;
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (!kept) throw error;
    return kept;
  }
}

/**
 * The address of a file changes with its content: what is kept is right.
 * @param {Request} request
 */
const asset = async (request) => (await caches.match(request)) ?? fetch(request);

/**
 * Keep a page with every file that it names, and nothing else.
 * @param {Response} response
 */
async function keep(response) {
  const cache = await caches.open(KEPT);
  const text = await response.clone().text();
  const wanted = new Set([
    ICON,
    ...[...text.matchAll(/"(\/assets\/[^"]+)"/g)].map((match) => match[1]),
  ]);
  const kept = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await cache.addAll([...wanted].filter((path) => !kept.has(path)));
  // The page last: it must never name files that are not there.
  await cache.put(PAGE, response);
  await Promise.all(
    [...kept]
      .filter((path) => path !== PAGE && !wanted.has(path))
      .map((path) => cache.delete(path)),
  );
}

/**
 * A push says as much as the user allows: a title and, where they want it, what was written.
 * @typedef {{title?: string, body?: string, conversation?: string, seq?: number}} Push
 */
worker.addEventListener('push', (event) => {
  /** @type {Push} */
  const push = event.data?.json() ?? {};
  const { title = 'Parlour', body, conversation, seq } = push;
  event.waitUntil(
    worker.registration.showNotification(title, {
      body,
      tag: conversation,
      icon: '/icon.svg',
      data: { conversation, seq },
    }),
  );
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
    await worker.clients.openWindow(
      conversation ? `/#/c/${conversation}${seq ? `/${seq}` : ''}` : '/',
    );
  }
}
