/** A bundle: several messages that were forwarded as one. */

import { excerpt } from '../client/store/heads.js';
import { shownText } from '../client/store/shown-text.js';
import { openBundle } from './dialogs/bundle-reader.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { h } from './vdom.js';

/** @import {BundleItem} from './bundle-types.js' */
/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/** How many of its messages a bundle shows before it is opened. */
const SHOWN_ITEMS = 3;

/** @param {LoggedMessage | OutboxEntry} message */
export function bundleBody({ body }) {
  const { title = '', items = [] } = /** @type {{title?: string, items?: BundleItem[]}} */ (body);
  return h(
    'button',
    {
      type: 'button',
      class: 'bundle text',
      key: 'bundle',
      'aria-haspopup': 'dialog',
      on: { click: () => openBundle(String(title), items) },
    },
    h('span', { class: 'bundle-title' }, icon('bundle'), h('bdi', null, String(title))),
    items
      .slice(0, SHOWN_ITEMS)
      .map((item, index) =>
        h(
          'span',
          { class: 'bundle-line', key: index, dir: 'auto' },
          `${item.name}: ${itemExcerpt(item)}`,
        ),
      ),
    h('span', { class: 'bundle-count' }, t('bundle.count', { count: items.length })),
  );
}

/** Only a text was written with marks; of another kind the service has told an excerpt. @param {BundleItem} item */
const itemExcerpt = ({ kind, text }) =>
  kind === 'text' ? excerpt(kind, { text }) : (text ?? shownText(kind));
