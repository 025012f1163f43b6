/**
 * The service worker: shows Web Push notifications while no page is open, opens the page when one is
 * clicked, and caches the page, so that unsent messages are visible after a reload without a
 * connection.
 */

/// <reference lib="webworker" />

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
/** The path of the page: the folder of this script. Its routes differ only in the fragment. */
const PAGE = new URL('.', location.href).pathname;
const ASSETS = `${PAGE}assets/`;
const ICON = `${PAGE}icon.svg`;
/** Keeps the names of several services on one origin apart; empty at its root. */
const SUFFIX = PAGE === '/' ? '' : ` ${PAGE}`;
const PAGE_CACHE = `parlour-page${SUFFIX}`;
/** Where pages store the texts and settings for this worker (see ui/push-settings.js). */
const SETTINGS_PATH = `${PAGE}worker-settings`;
/** A page that does not answer within this time is not visible, and knows of no recall. */
const ANSWER_TIMEOUT_MS = 500;

worker.addEventListener('install', (event) => {
  worker.skipWaiting();
  event.waitUntil(fetch(PAGE).then(cachePage));
});
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE)
    event.respondWith(fetchPage(event, request));
  else if (pathname.startsWith(ASSETS) || pathname === ICON)
    event.respondWith(fetchAsset(request));
});

/**
 * Fetch the page from the service, or take it from the cache if the service cannot be reached.
 * @param {FetchEvent} event
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function fetchPage(event, request) {
  try {
    const response = await fetch(request);
    if (response.ok) event.waitUntil(cachePage(response.clone()));
    return response;
  } catch (error) {
    const cached = await caches.match(PAGE);
    if (!cached) throw error;
    return cached;
  }
}

/**
 * Take an asset from the cache, or fetch it. The address of an asset changes with its content, so a
 * cached one is never outdated.
 * @param {Request} request
 */
const fetchAsset = async (request) => (await caches.match(request)) ?? fetch(request);

/**
 * Cache the page and the assets that it names, and delete all others.
 * @param {Response} response
 */
async function cachePage(response) {
  const cache = await caches.open(PAGE_CACHE);
  const text = await response.clone().text();
  const wanted = new Set([
    ICON,
    ...[...text.matchAll(/"(assets\/[^"]+)"/g)].map((match) => PAGE + match[1]),
  ]);
  const cached = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await cache.addAll([...wanted].filter((path) => !cached.has(path)));
  // The page is stored last: it must never name files that are missing.
  await cache.put(PAGE, response);
  await Promise.all(
    [...cached]
      .filter((path) => path !== PAGE && !wanted.has(path))
      .map((path) => cache.delete(path)),
  );
}

/**
 * The payload of a push. Sender and text are present only if the user wants it.
 * @typedef {{type: 'message' | 'mention', conversation: string, seq: number, title?: string,
 *   body?: string}} PushPayload
 */

worker.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(showPush(event.data.json()));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data ?? {}));
});

worker.addEventListener('pushsubscriptionchange', (event) =>
  /** @type {ExtendableEvent} */ (event).waitUntil(renewSubscription()),
);

/** The windows that show the page. @returns {Promise<readonly WindowClient[]>} */
async function pages() {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.filter(({ url }) => new URL(url).pathname === PAGE);
}

/**
 * @returns {Promise<{message?: string, mention?: string, silent?: boolean, quiet?: boolean,
 *   preview?: boolean}>}
 */
const loadSettings = async () => (await caches.match(SETTINGS_PATH))?.json() ?? {};

/**
 * Show a push as a notification, unless the user sees the conversation or a page has already shown
 * a notification for it.
 * @param {PushPayload} payload
 */
async function showPush({ type, conversation, seq, title = 'Parlour', body }) {
  const { registration } = worker;
  const shown = await registration.getNotifications({ tag: conversation });
  if (shown.some(({ data }) => data.seq >= seq) || (await isVisible(conversation))) return;
  // A push may have waited for this device for a day.
  if (body !== undefined && (await isRecalled(conversation, seq))) return;
  const { silent = true, ...texts } = await loadSettings();
  const options = {
    body: body ?? texts[type] ?? '',
    tag: conversation,
    // A second message of the same conversation alerts again.
    renotify: true,
    silent,
    icon: ICON,
    data: { conversation, seq },
  };
  await registration.showNotification(title, options);
}

/** Whether a conversation is visible in some page. @param {string} conversation */
async function isVisible(conversation) {
  const answers = (await pages()).map((page) => askPage(page, { isVisible: conversation }));
  return (await Promise.all(answers)).includes(true);
}

/**
 * Whether a message was taken back, or is hidden from this user; false where that is not known. An
 * open page is asked, for it has a token.
 * @param {string} conversation
 * @param {number} seq
 */
async function isRecalled(conversation, seq) {
  const [page] = await pages();
  if (page) return askPage(page, { isRecalled: { conversation, seq } });
  try {
    const path = `v1/conversations/${conversation}/messages?seqs=${seq}`;
    const { messages } = await call('GET', path, undefined, await accessToken());
    return messages.every((/** @type {{recalled?: object}} */ message) => message.recalled);
  } catch {
    return false;
  }
}

/** @param {WindowClient} page @param {object} question @returns {Promise<boolean>} */
const askPage = (page, question) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(false), ANSWER_TIMEOUT_MS);
    page.postMessage(question, [port2]);
  });

/** Show a message in an open page or in a new one. @param {{conversation?: string, seq?: number}} place */
async function openPage({ conversation, seq }) {
  const [page] = await pages();
  if (!page) {
    await worker.clients.openWindow(
      conversation ? `${PAGE}#/c/${conversation}${seq ? `/${seq}` : ''}` : PAGE,
    );
    return;
  }
  page.postMessage({ navigate: { conversation, seq } });
  await page.focus();
}

/**
 * Handle a push subscription that the browser has replaced. An open page does it; otherwise this
 * worker logs in with the cookie and tells the service. While "do not disturb" is on the service has
 * no subscription, and a page registers it later.
 */
async function renewSubscription() {
  const [page] = await pages();
  if (page) return page.postMessage({ renew: true });
  const { preview = false, quiet } = await loadSettings();
  if (quiet) return;
  const token = await accessToken();
  const { key } = await call('GET', 'v1/push-key', undefined, token);
  const { pushManager } = worker.registration;
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  const { endpoint, keys } = subscription.toJSON();
  return call('POST', 'v1/push-subscriptions', { endpoint, keys, preview }, token);
}

/** Log in with the cookie; for a time in which no page is open. @returns {Promise<string>} */
async function accessToken() {
  const { access_token: token } = await navigator.locks.request(`parlour-refresh${SUFFIX}`, () =>
    call('POST', 'v1/auth/refresh', {}),
  );
  return token;
}

/**
 * Call the HTTP API.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {string} [token]
 * @returns {Promise<any>} the parsed answer
 * @throws {Error} if the service answers with an error
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
