/**
 * Keeps Web Push in step with the preferences and the browser's permission, and stores the texts
 * and settings that the service worker needs while no page is open.
 */

import { rethrowUnexpected } from '../client/errors.js';
import { optional, optionalAsync } from '../client/platform.js';
import { client, state } from './context.js';
import { t } from './i18n.js';
import { onPreferences, preferences } from './preferences.js';

/** The service worker reads the same cache. */
const CACHE_NAME = 'parlour-worker';
const SETTINGS_PATH = 'worker-settings';

/** Apply the user's choice again. */
const synchronize = () => state().me && client().webPush.synchronize().catch(rethrowUnexpected);

/** Start to follow the preferences and the permission. */
export function startPushSettings() {
  onPreferences(({ disturb }) => {
    client().webPush.paused = !disturb;
    saveWorkerSettings();
  });
  client().subscribe(
    ({ webPush }, _frame, before) => webPush !== before.webPush && saveWorkerSettings(),
  );
  // The permission can change in the browser's own settings.
  // Browsers without this query show the change at the next start.
  optionalAsync(async () => {
    const permission = await navigator.permissions.query({ name: 'notifications' });
    permission.onchange = synchronize;
  }, undefined);
  optional(() => navigator.serviceWorker, undefined)?.addEventListener(
    'message',
    ({ data }) => data.renew && synchronize(),
  );
}

/**
 * Store the texts and settings for the service worker, which has neither translations nor
 * preferences.
 */
async function saveWorkerSettings() {
  const { preview } = state().webPush;
  const { sound, disturb } = preferences();
  const settings = {
    message: t('notify.message'),
    mention: t('notify.mention'),
    silent: !sound,
    quiet: !disturb,
    preview,
  };
  // Without a cache the worker shows its texts in English.
  await optionalAsync(async () => {
    const cache = await caches.open(CACHE_NAME);
    await cache.put(SETTINGS_PATH, Response.json(settings));
  }, undefined);
}
