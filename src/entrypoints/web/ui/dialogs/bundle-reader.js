/** Reads the messages of a bundle. */

import { shownText } from '../../client/store/shown-text.js';
import { formatDateTime, formatDay, formatTime, dayNumber, t } from '../i18n.js';
import { renderText } from '../message-text.js';
import { avatar, hue, isolatedText } from '../widgets.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {BundleItem} from '../bundle-types.js' */
/** @import {LoggedMessage} from '../../client/types.js' */
/** @import {Child} from '../vdom.js' */

class BundleDialog extends DialogView {
  bundleTitle = '';
  /** @type {BundleItem[]} */
  items = [];

  /** @override */
  render() {
    return this.layout(
      this.bundleTitle || t('bundle.title'),
      h(
        'ol',
        { class: 'bundle-items' },
        this.items.map((item, index) => [
          this.#day(item, this.items[index - 1]),
          this.#item(item, index),
        ]),
      ),
    );
  }

  /** @param {BundleItem} item @param {BundleItem | undefined} before @returns {Child} */
  #day({ at }, before) {
    const time = Date.parse(at);
    if (before && dayNumber(Date.parse(before.at)) === dayNumber(time)) return null;
    return h('li', { class: 'day' }, h('span', null, formatDay(time, Date.now())));
  }

  /** @param {BundleItem} item @param {number} index */
  #item(item, index) {
    const time = Date.parse(item.at);
    const message = /** @type {LoggedMessage} */ ({ kind: item.kind, body: {} });
    return h(
      'li',
      { class: 'bundle-item', key: index },
      avatar(item.by, item.name, { size: 'small' }),
      h(
        'div',
        { class: 'bundle-item-text' },
        h(
          'p',
          { class: 'bundle-item-head' },
          isolatedText(item.name, `author hue-text-${hue(item.by)}`),
          h('time', { datetime: item.at, title: formatDateTime(time) }, formatTime(time)),
        ),
        h(
          'div',
          { class: 'text', dir: 'auto' },
          renderText(item.text ?? shownText(item.kind), message),
        ),
      ),
    );
  }
}

customElements.define('bundle-dialog', BundleDialog);

/**
 * Show the messages of a bundle.
 * @param {string} title
 * @param {BundleItem[]} items
 */
export function openBundle(title, items) {
  const view = new BundleDialog();
  view.bundleTitle = title;
  view.items = items;
  return openDialog(view);
}
