/**
 * Notifications in the settings. Each switch shows what is so, not only what was wished: what the
 * browser forbids, it says.
 */

import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { askForDesktop, mayNotify } from '../notify.js';
import { toggle } from '../parts.js';
import { prefer, preferences } from '../preferences.js';
import { attempt } from '../toasts.js';

/** @import {Pushes} from '../../client/types.js' */
/** @import {Phrase} from '../i18n.js' */
/** @import {Child} from '../view.js' */

/** @type {Record<Pushes['status'], Phrase>} */
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
    toggle(t('settings.quiet'), !disturb, (on) => prefer({ disturb: !on }), {
      hint: t('settings.quiet-hint'),
    }),
    toggle(t('settings.sound'), sound, (on) => prefer({ sound: on })),
    desktop(),
    push(),
  ];
}

/** While a page is open and the user looks elsewhere. @returns {Child[]} */
function desktop() {
  const { desktop: wanted, preview } = preferences();
  const may = mayNotify();
  const on = wanted && may === 'granted';
  const possible = may === 'default' || may === 'granted';
  return [
    toggle(
      t('settings.desktop'),
      on,
      async (wish) => prefer({ desktop: wish && (await askForDesktop()) }),
      { hint: t(possible ? 'settings.desktop-hint' : 'notify.denied'), disabled: !possible },
    ),
    on &&
      toggle(t('settings.preview'), preview, (wish) => prefer({ preview: wish }), { below: true }),
  ];
}

/** While no page is open. @returns {Child[]} */
function push() {
  const { pushes } = client();
  const { status, preview } = state().pushes;
  const quiet = status === 'on' && !preferences().disturb;
  const possible = status === 'off' || status === 'on' || status === 'blocked';
  return [
    toggle(
      t('push.title'),
      status === 'on',
      (on) => attempt(on ? pushes.turnOn() : pushes.turnOff()),
      { hint: t(quiet ? 'push.quiet' : PUSH_HINTS[status]), disabled: !possible },
    ),
    status === 'on' &&
      toggle(t('push.preview'), preview, (on) => attempt(pushes.show(on)), {
        hint: t('push.preview-hint'),
        below: true,
      }),
  ];
}
