/** Copies texts to the clipboard. */

import { optionalAsync } from '../client/platform.js';
import { t } from './i18n.js';
import { toast } from './toasts.js';

/**
 * Copy a text. Browsers refuse it on insecure origins and without a permission.
 * @param {string} text
 * @param {string} done what to say if it was copied
 */
export async function copyText(text, done) {
  const copied = await optionalAsync(async () => {
    await navigator.clipboard.writeText(text);
    return true;
  }, false);
  if (copied) toast(done);
  else toast(t('message.copy-refused'), 'error');
}
