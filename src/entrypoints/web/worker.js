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
 * A push says where something happened and, only where the user wants it, who wrote what.
 * @typedef {{type: 'message' | 'mention', conversation: string, seq: number, title?: string,
 *   body?: string}} Push
 */
/** What pages leave here for the time without them. */
const WORDS = '/worker-text';
/** A page that does not answer within this time is not looked at. */
const ANSWER_WITHIN = 500;

worker.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(tell(event.data.json()));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(bringForward(event.notification.data ?? {}));
});

worker.addEventListener('pushsubscriptionchange', (event) =>
  /** @type {ExtendableEvent} */ (event).waitUntil(renew()),
);

/** Windows with the page in them. @returns {Promise<readonly WindowClient[]>} */
async function pages() {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.filter(({ url }) => new URL(url).pathname === PAGE);
}

/**
 * @returns {Promise<{message?: string, mention?: string, silent?: boolean, quiet?: boolean,
 *   preview?: boolean}>}
 */
const words = async () => (await caches.match(WORDS))?.json() ?? {};

/**
 * Show a push, unless the user sees it, or a page has shown as much already.
 * @param {Push} push
 */
async function tell({ type, conversation, seq, title = 'Parlour', body }) {
  const { registration } = worker;
  const shown = await registration.getNotifications({ tag: conversation });
  if (shown.some(({ data }) => data.seq >= seq) || (await isSeen(conversation))) return;
  const { silent = true, ...said } = await words();
  const options = {
    body: body ?? said[type] ?? '',
    tag: conversation,
    // The second message of a conversation is news, too.
    renotify: true,
    silent,
    icon: ICON,
    data: { conversation, seq },
  };
  await registration.showNotification(title, options);
}

/** Whether somebody looks at a conversation. @param {string} conversation */
async function isSeen(conversation) {
  const answers = (await pages()).map((page) => ask(page, conversation));
  return (await Promise.all(answers)).includes(true);
}

/** @param {WindowClient} page @param {string} conversation @returns {Promise<boolean>} */
const ask = (page, conversation) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(false), ANSWER_WITHIN);
    page.postMessage({ sees: conversation }, [port2]);
  });

/** @param {{conversation?: string, seq?: number}} place */
async function bringForward({ conversation, seq }) {
  const [page] = await pages();
  if (!page) {
    await worker.clients.openWindow(
      conversation ? `/#/c/${conversation}${seq ? `/${seq}` : ''}` : PAGE,
    );
    return;
  }
  page.postMessage({ go: { conversation, seq } });
  await page.focus();
}

/**
 * The browser has another address now. A page knows what to do; without one, the worker signs in
 * with the cookie and tells the service itself; but who does not want to be disturbed has told the
 * service nothing, and a page does when that changes.
 */
async function renew() {
  const [page] = await pages();
  if (page) return page.postMessage({ renew: true });
  const { preview = false, quiet } = await words();
  if (quiet) return;
  const { access_token: token } = await navigator.locks.request('parlour-refresh', () =>
    call('POST', '/v1/auth/refresh', {}),
  );
  const { key } = await call('GET', '/v1/push-key', undefined, token);
  const { pushManager } = worker.registration;
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  return call('POST', '/v1/push-subscriptions', { endpoint, keys, preview }, token);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {string} [token]
 * @returns {Promise<any>}
 */
async function call(method, path, body, token) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.json();
}
