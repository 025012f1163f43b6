/**
 * The beginning of the page: a client, the user's taste, and the one element that holds the rest.
 */

import { browserClient } from './client/browser.js';
import { provide } from './ui/context.js';
import { deviceName } from './ui/device.js';
import { refreshAll } from './ui/frames.js';
import { followGaze } from './ui/gaze.js';
import { pick, speak } from './ui/i18n.js';
import { listenToKeys } from './ui/keys.js';
import { startNotifying } from './ui/notify.js';
import './ui/parlour-app.js';
import { onPreferences } from './ui/preferences.js';
import { followPushes } from './ui/push.js';
import { registerWorker } from './ui/worker-registration.js';

onPreferences(({ theme, language }) => {
  const spoken = pick(language);
  speak(spoken);
  document.documentElement.lang = spoken;
  document.documentElement.dataset.theme = theme;
});

const client = await browserClient({ device: deviceName(navigator.userAgent) });
provide(client);
client.subscribe(refreshAll);
followGaze();
listenToKeys();
startNotifying();
followPushes();
document.body.prepend(document.createElement('parlour-app'));
document.getElementById('splash')?.remove();
await client.start();
await registerWorker();
