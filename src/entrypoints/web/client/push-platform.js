/**
 * Web Push as the browser offers it: permission and push subscription.
 *
 * The rest of the client uses the interface `PushPlatform`; tests pass their own.
 */

/**
 * A push subscription of the browser, and the service key it was made with.
 * @typedef {{endpoint: string, keys: {p256dh: string, auth: string}, key: string}}
 *   BrowserSubscription
 */
/** @typedef {'unsupported' | 'default' | 'granted' | 'denied'} Permission */
/**
 * @typedef {object} PushPlatform
 * @property {() => Permission} permission
 * @property {() => Promise<Permission>} requestPermission asks the user; call it after a click
 * @property {() => Promise<BrowserSubscription | null>} getSubscription the current subscription
 * @property {(key: string) => Promise<BrowserSubscription>} subscribe throws if the browser cannot
 *   subscribe
 * @property {() => Promise<void>} unsubscribe removes the subscription
 */

/** How long to wait for the service worker to become ready. */
const WORKER_TIMEOUT_MS = 10_000;

/** For programs without Web Push. @type {PushPlatform} */
export const noPushPlatform = {
  permission: () => 'unsupported',
  requestPermission: async () => 'unsupported',
  getSubscription: async () => null,
  subscribe: () => Promise.reject(new Error('There are no pushes here')),
  unsubscribe: async () => {},
};

/**
 * The push platform of this browser.
 * @param {ServiceWorkerContainer | undefined} serviceWorkers
 * @returns {PushPlatform}
 */
export function browserPushPlatform(serviceWorkers) {
  // Insecure origins have no service workers; some private windows have no Web Push.
  if (!serviceWorkers || !('PushManager' in globalThis && 'Notification' in globalThis))
    return noPushPlatform;
  return {
    permission: () => Notification.permission,
    requestPermission: () => /** @type {any} */ (Notification).requestPermission(),
    getSubscription: async () => {
      const registration = await serviceWorkers.getRegistration();
      return subscriptionOf((await registration?.pushManager.getSubscription()) ?? null);
    },
    subscribe: async (key) => {
      const { pushManager } = await readyWorker(serviceWorkers);
      const options = { userVisibleOnly: true, applicationServerKey: key };
      return /** @type {BrowserSubscription} */ (
        subscriptionOf(await pushManager.subscribe(options))
      );
    },
    unsubscribe: async () => {
      const registration = await serviceWorkers.getRegistration();
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
    },
  };
}

/** @param {ServiceWorkerContainer} serviceWorkers @returns {Promise<ServiceWorkerRegistration>} */
const readyWorker = (serviceWorkers) =>
  Promise.race([
    serviceWorkers.ready,
    new Promise((_, reject) =>
      setTimeout(() => reject(new Error('There is no service worker')), WORKER_TIMEOUT_MS),
    ),
  ]);

/** @param {PushSubscription | null} subscription @returns {BrowserSubscription | null} */
function subscriptionOf(subscription) {
  if (!subscription) return null;
  const { endpoint, keys } = /** @type {any} */ (subscription.toJSON());
  return { endpoint, keys, key: base64url(subscription.options.applicationServerKey) };
}

/** @param {ArrayBuffer | null} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
