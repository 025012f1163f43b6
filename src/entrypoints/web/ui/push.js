/**
 * Pushes as the page knows them: it keeps them true to the user's taste and to what the browser
 * allows, and leaves the service worker the words for what is pushed while no page is open.
 */

import { tolerate } from '../client/errors.js';
import { client, state } from './context.js';
import { t } from './i18n.js';
import { onPreferences, preferences } from './preferences.js';

/** The service worker reads it. */
const KEPT = 'parlour-worker';
const WORDS = '/worker-words';

/** Make what the user chose true again; who is signed out has chosen nothing. */
const settle = () => state().me && client().pushes.settle().catch(tolerate);

/** Begin to follow. */
export function followPushes() {
  onPreferences(({ disturb }) => {
    client().pushes.quiet = !disturb;
    leaveWords();
  });
  client().subscribe(({ pushes }, _frame, before) => pushes !== before.pushes && leaveWords());
  // The user may change their mind in the browser's own settings.
  navigator.permissions?.query({ name: 'notifications' }).then(
    (permission) => {
      permission.onchange = settle;
    },
    // A browser that knows no such question has an answer at the next start.
    () => {},
  );
  navigator.serviceWorker?.addEventListener('message', ({ data }) => data.renew && settle());
}

/** Words and taste for the worker, which has neither catalogues nor preferences. */
async function leaveWords() {
  if (!('caches' in globalThis)) return;
  const { preview } = state().pushes;
  const { sound, disturb } = preferences();
  const words = {
    message: t('notify.message'),
    mention: t('notify.mention'),
    silent: !sound,
    quiet: !disturb,
    preview,
  };
  const cache = await caches.open(KEPT);
  await cache.put(WORDS, Response.json(words));
}
