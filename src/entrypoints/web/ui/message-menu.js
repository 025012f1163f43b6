/** The menu of a message: copy, copy a link, see who has read it. */

import { seenBy } from '../client/store/selectors.js';
import { optionalAsync } from '../client/platform.js';
import { state } from './context.js';
import { openSeenBy } from './dialogs/seen-by.js';
import { t } from './i18n.js';
import { openMenu } from './menu.js';
import { permalink } from './router.js';
import { toast } from './toasts.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/** @import {MenuItem} from './menu.js' */
/** @import {TextKey} from './i18n.js' */

/**
 * Copy a text. Browsers refuse it on insecure origins and without a permission.
 * @param {string} text
 * @param {string} done what to say if it was copied
 */
async function copyText(text, done) {
  const copied = await optionalAsync(async () => {
    await navigator.clipboard.writeText(text);
    return true;
  }, false);
  if (copied) toast(done);
  else toast(t('message.copy-refused'), 'error');
}

/**
 * Open the menu of a message.
 * @param {HTMLElement} anchor
 * @param {LoggedMessage | OutboxEntry} message
 */
export function openMessageMenu(anchor, message) {
  const text = String(message.body.text ?? '');
  const copy = (/** @type {string} */ copied, /** @type {TextKey} */ done) =>
    copyText(copied, t(done));
  const isLogged = 'seq' in message;
  openMenu(anchor, [
    { icon: 'copy', label: t('message.copy'), action: () => copy(text, 'message.copied') },
    isLogged && {
      icon: 'link',
      label: t('message.copy-link'),
      action: () => copy(permalink(message.conversation, message.seq), 'message.link-copied'),
    },
    isLogged && seenByItem(message),
  ]);
}

/**
 * The item for an own message in a group whose members' marks are known.
 * @param {LoggedMessage} message
 * @returns {MenuItem | null}
 */
function seenByItem(message) {
  const conversation = state().conversations.get(message.conversation);
  if (conversation?.head.kind !== 'group' || message.by !== state().me?.id) return null;
  const { read, total } = seenBy(conversation, message);
  if (!total) return null;
  return {
    icon: 'double',
    label: t('message.seen-by', { seen: read.length, count: total }),
    action: () => openSeenBy(message),
  };
}
