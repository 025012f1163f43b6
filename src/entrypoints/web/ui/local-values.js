/** Preferences and drafts of this browser, and whether the browser stores anything at all. */

import { LocalValues } from '../client/platform.js';
import { t } from './i18n.js';
import { updateAll } from './render-queue.js';
import { h } from './vdom.js';

/** @import {StorageLoss} from '../client/platform.js' */

/** @type {StorageLoss | null} */
let loss = null;
let isNoticeClosed = false;

/** Show that values are lost with the page. @param {StorageLoss} reason */
export function onStorageLoss(reason) {
  if (loss === reason || loss === 'blocked') return;
  loss = reason;
  updateAll();
}

export const localValues = new LocalValues(() => localStorage, onStorageLoss);

/** A notice of what will not be kept, or null if everything is. */
export const storageNotice = () =>
  loss &&
  !isNoticeClosed &&
  h(
    'p',
    { class: 'banner storage-notice', key: 'storage', role: 'status' },
    h('span', null, t(loss === 'full' ? 'storage.full' : 'storage.blocked')),
    h(
      'button',
      {
        type: 'button',
        class: 'link',
        on: {
          click: () => {
            isNoticeClosed = true;
            updateAll();
          },
        },
      },
      t('storage.understood'),
    ),
  );
