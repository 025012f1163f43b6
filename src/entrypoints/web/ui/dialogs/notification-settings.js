/** Notification settings. Each switch shows the actual state and says what the browser forbids. */

import { client, state } from '../context.js';
import { t } from '../i18n.js';
import {
  requestNotificationPermission,
  notificationPermission,
} from '../desktop-notifications.js';
import { switchField } from '../widgets.js';
import { setPreferences, preferences } from '../preferences.js';
import { attempt } from '../toasts.js';

/** @import {WebPushState} from '../../client/types.js' */
/** @import {TextKey} from '../i18n.js' */
/** @import {Child} from '../vdom.js' */

/** @type {Record<WebPushState['status'], TextKey>} */
const PUSH_HINTS = {
  unknown: 'push.off',
  off: 'push.off',
  on: 'push.on',
  unsupported: 'push.unsupported',
  unoffered: 'push.unoffered',
  denied: 'notify.denied',
  blocked: 'push.blocked',
};

/** @returns {Child[]} */
export function notificationSettings() {
  const { sound, disturb } = preferences();
  return [
    switchField(t('settings.quiet'), !disturb, (on) => setPreferences({ disturb: !on }), {
      hint: t('settings.quiet-hint'),
    }),
    switchField(t('settings.sound'), sound, (on) => setPreferences({ sound: on })),
    desktopSettings(),
    pushSettings(),
  ];
}

/** Notifications while a page is open. @returns {Child[]} */
function desktopSettings() {
  const { desktop: wanted, preview } = preferences();
  const permission = notificationPermission();
  const on = wanted && permission === 'granted';
  const isPossible = permission === 'default' || permission === 'granted';
  return [
    switchField(
      t('settings.desktop'),
      on,
      async (isWanted) =>
        setPreferences({ desktop: isWanted && (await requestNotificationPermission()) }),
      { hint: t(isPossible ? 'settings.desktop-hint' : 'notify.denied'), disabled: !isPossible },
    ),
    on &&
      switchField(
        t('settings.preview'),
        preview,
        (isWanted) => setPreferences({ preview: isWanted }),
        { below: true },
      ),
  ];
}

/** Notifications while no page is open. @returns {Child[]} */
function pushSettings() {
  const { webPush } = client();
  const { status, preview } = state().webPush;
  const isPaused = status === 'on' && !preferences().disturb;
  const isPossible = status === 'off' || status === 'on' || status === 'blocked';
  return [
    switchField(
      t('push.title'),
      status === 'on',
      (on) => attempt(on ? webPush.turnOn() : webPush.turnOff()),
      { hint: t(isPaused ? 'push.quiet' : PUSH_HINTS[status]), disabled: !isPossible },
    ),
    status === 'on' &&
      switchField(t('push.preview'), preview, (on) => attempt(webPush.setPreview(on)), {
        hint: t('push.preview-hint'),
        below: true,
      }),
  ];
}
