/**
 * Files cannot be sent. A file or a link that is dropped beside a text field would replace the page
 * by its content, and a pasted picture would do nothing: both are said instead.
 */

import { t } from './i18n.js';
import { toast } from './toasts.js';

/** @param {DataTransfer | null} data */
const hasFiles = (data) => Boolean(data?.types.includes('Files'));

/** @param {DragEvent} event @returns {boolean} whether the browser may take what is dropped */
function mayDrop({ target, dataTransfer }) {
  if (hasFiles(dataTransfer)) return false;
  return target instanceof Element && target.closest('input, textarea') !== null;
}

/** Keep files that are dropped or pasted from leaving the page. */
export function startRefusingFiles() {
  for (const type of ['dragover', 'drop'])
    document.addEventListener(type, (event) => {
      const drag = /** @type {DragEvent} */ (event);
      if (mayDrop(drag)) return;
      drag.preventDefault();
      if (type === 'drop' && hasFiles(drag.dataTransfer)) toast(t('files.refused'), 'error');
    });
  document.addEventListener('paste', (event) => {
    const data = event.clipboardData;
    if (hasFiles(data) && !data?.types.includes('text/plain')) toast(t('files.refused'), 'error');
  });
}
