/**
 * Entry point of the page: creates the client, applies the preferences and adds the root element.
 */

import { createBrowserClient } from './client/browser.js';
import { setClient } from './ui/context.js';
import { startCopyingOfSelections } from './ui/copy-selection.js';
import { deviceName } from './ui/device-name.js';
import { updateAll } from './ui/render-queue.js';
import { localValues, onStorageLoss } from './ui/local-values.js';
import { startRefusingFiles } from './ui/dropped-files.js';
import { startFocusTracking } from './ui/focus-tracking.js';
import { chooseLanguage, setLanguage } from './ui/i18n.js';
import { startKeyboardShortcuts } from './ui/keyboard-shortcuts.js';
import { startReportingFailures } from './ui/failed-requests.js';
import { startNotifications } from './ui/desktop-notifications.js';
import './ui/parlour-app.js';
import { onPreferences } from './ui/preferences.js';
import { startFollowingStarts } from './ui/start-conversation.js';
import { startAnnouncingChanges } from './ui/change-announcer.js';
import { startTooltips } from './ui/tooltip.js';
import { startPushSettings } from './ui/push-settings.js';
import { registerWorker } from './ui/worker-registration.js';

onPreferences(({ theme, language }) => {
  const spoken = chooseLanguage(language);
  setLanguage(spoken);
  document.documentElement.lang = spoken;
  document.documentElement.dataset.theme = theme;
});

const client = await createBrowserClient({
  device: deviceName(navigator.userAgent),
  values: localValues,
  onStorageLoss,
});
setClient(client);
client.subscribe(updateAll);
startFollowingStarts();
startFocusTracking();
startKeyboardShortcuts();
startRefusingFiles();
startCopyingOfSelections();
// A recall that can still be undone must not wait until the page is opened again.
addEventListener('pagehide', () => client.outbox.sendDelayed());
startNotifications();
startReportingFailures();
startPushSettings();
startTooltips();
startAnnouncingChanges();
document.body.prepend(document.createElement('parlour-app'));
document.getElementById('splash')?.remove();
await client.start();
await registerWorker();
