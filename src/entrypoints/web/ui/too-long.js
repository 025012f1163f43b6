/** How long a text may be: characters left, and the notice that it is too long for one message. */

import { splitText } from '../client/text.js';
import { t } from './i18n.js';
import { h } from './vdom.js';

export const MAX_LENGTH = 8_000;
/** From this length on the number of characters left is shown. */
const WARN_FROM_LENGTH = 7_500;
/** A text of more messages belongs into a file or a document. */
const MAX_PARTS = 10;

/**
 * @param {string} text
 * @param {number} length characters of the text (code points)
 * @param {(parts: string[]) => void} onSend
 */
export function tooLongNotice(text, length, onSend) {
  const excess = length - MAX_LENGTH;
  if (excess <= 0) return null;
  const parts = length <= MAX_PARTS * MAX_LENGTH ? splitText(text, MAX_LENGTH) : [];
  const canSend = parts.length > 0 && parts.length <= MAX_PARTS;
  return h(
    'div',
    { class: 'too-long', key: 'too-long', role: 'status' },
    h('span', null, t('composer.too-long', { count: excess, limit: MAX_LENGTH })),
    canSend
      ? h(
          'button',
          { type: 'button', class: 'link', on: { click: () => onSend(parts) } },
          t('composer.send-parts', { count: parts.length }),
        )
      : h('span', null, t('composer.too-long-for-parts')),
  );
}

/**
 * The number of characters left, near the end.
 * @param {number} length characters of the text (code points)
 */
export function charactersLeft(length) {
  const left = MAX_LENGTH - length;
  if (length <= WARN_FROM_LENGTH || left < 0) return null;
  const text = t('composer.characters-left', { count: left });
  return h(
    'span',
    { class: 'characters-left', role: 'status', title: text },
    h('span', { 'aria-hidden': 'true' }, String(left)),
    h('span', { class: 'visually-hidden' }, text),
  );
}
