/** A block of code with its language and a button that copies it. */

import { copyText } from './copying.js';
import { t } from './i18n.js';
import { iconButton } from './widgets.js';
import { h } from './vdom.js';

/**
 * @param {string} code
 * @param {string} [language]
 */
export const codeBlock = (code, language) =>
  h(
    'div',
    { class: 'code-block' },
    h(
      'div',
      { class: 'code-header', 'data-added': '' },
      h('span', { class: 'code-language' }, language ?? t('code.name')),
      iconButton('copy', t('code.copy'), () => copyText(code, t('message.copied')), {
        class: 'code-copy',
      }),
    ),
    h(
      'pre',
      { role: 'group', 'aria-label': t('code.name'), ref: makeFocusableIfScrollable },
      h('code', null, code),
    ),
  );

/** The keyboard can scroll only what has the focus. @param {HTMLElement} node */
function makeFocusableIfScrollable(node) {
  new ResizeObserver(() => {
    const isScrollable =
      node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight;
    if (isScrollable) node.setAttribute('tabindex', '0');
    else node.removeAttribute('tabindex');
  }).observe(node);
}
