/**
 * The browser's side of Web Push: may this page be pushed to, and under which address?
 *
 * The rest of the client sees a `Gate`; a test gives its own.
 */

/**
 * Where a browser is pushed to, and with which key of the service it subscribed.
 * @typedef {{endpoint: string, keys: {p256dh: string, auth: string}, key: string}} Address
 */
/** @typedef {'unsupported' | 'default' | 'granted' | 'denied'} Permission */
/**
 * @typedef {object} Gate
 * @property {() => Permission} permission
 * @property {() => Promise<Permission>} ask the user, who has just clicked
 * @property {() => Promise<Address | null>} find the address that there is
 * @property {(key: string) => Promise<Address>} subscribe throws where the browser gives none
 * @property {() => Promise<void>} drop the address
 */

/** A worker that is not there by then was not let in. */
const WORKER_WITHIN = 10_000;

/** A program without pushes. @type {Gate} */
export const closedGate = {
  permission: () => 'unsupported',
  ask: async () => 'unsupported',
  find: async () => null,
  subscribe: () => Promise.reject(new Error('There are no pushes here')),
  drop: async () => {},
};

/** @param {ServiceWorkerContainer | undefined} workers @returns {Gate} */
export function browserGate(workers) {
  // An address that is not https has no workers; some private windows have no pushes.
  if (!workers || !('PushManager' in globalThis && 'Notification' in globalThis))
    return closedGate;
  return {
    permission: () => Notification.permission,
    ask: () => /** @type {any} */ (Notification).requestPermission(),
    find: async () => {
      const registration = await workers.getRegistration();
      return addressOf((await registration?.pushManager.getSubscription()) ?? null);
    },
    subscribe: async (key) => {
      const { pushManager } = await ready(workers);
      const options = { userVisibleOnly: true, applicationServerKey: key };
      return /** @type {Address} */ (addressOf(await pushManager.subscribe(options)));
    },
    drop: async () => {
      const registration = await workers.getRegistration();
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
    },
  };
}

/** @param {ServiceWorkerContainer} workers @returns {Promise<ServiceWorkerRegistration>} */
const ready = (workers) =>
  Promise.race([
    workers.ready,
    new Promise((_, reject) =>
      setTimeout(() => reject(new Error('There is no service worker')), WORKER_WITHIN),
    ),
  ]);

/** @param {PushSubscription | null} subscription @returns {Address | null} */
function addressOf(subscription) {
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
