/**
 * The banner: says when the line is down, when it is tried again, and that what was missed is
 * coming.
 */

import { client, state } from './context.js';
import { View } from './element.js';
import { t } from './i18n.js';
import { h } from './view.js';

const TOO_MANY = 4505;
const OLD_PAGE = 4503;
/** A line that is back within this time is not worth a word. */
const PATIENCE = 1_200;

export class ConnectionBanner extends View {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #tick;
  #since = 0;

  /** @override */
  left() {
    clearTimeout(this.#tick);
  }

  /** @override */
  render() {
    const { link, catchingUp } = state();
    const down = link.phase !== 'online';
    if (down && !this.#since) this.#since = Date.now();
    if (!down) this.#since = 0;
    clearTimeout(this.#tick);
    if (down) this.#tick = setTimeout(() => this.refresh(), 500);
    const words = down
      ? this.#down(link)
      : catchingUp &&
        h(
          'p',
          { class: 'banner' },
          h('span', { class: 'spinner', 'aria-hidden': 'true' }),
          t('banner.catching-up'),
        );
    return h('div', { role: 'status', class: 'banner-place' }, words);
  }

  /** @param {import('../client/types.js').LinkState} link */
  #down({ phase, until = 0, code }) {
    if (phase === 'stopped') return this.#stopped(code ?? 0);
    if (Date.now() - this.#since < PATIENCE) return null;
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    if (phase !== 'waiting')
      return h(
        'p',
        { class: 'banner', key: 'connecting' },
        h('span', { class: 'spinner', 'aria-hidden': 'true' }),
        t('banner.connecting'),
      );
    return h(
      'p',
      { class: 'banner', key: 'waiting' },
      h('span', null, t('banner.offline')),
      // The countdown is for the eye: read out each second it would be a nuisance.
      h(
        'span',
        { class: 'countdown', 'aria-hidden': 'true' },
        t('banner.retry-in', { count: seconds }),
      ),
      h(
        'button',
        { type: 'button', class: 'link', on: { click: () => client().retryNow() } },
        t('banner.retry'),
      ),
    );
  }

  /** @param {number} code */
  #stopped(code) {
    if (!state().me) return null;
    const reload = code === OLD_PAGE;
    const words = reload
      ? t('banner.old-page')
      : t(code === TOO_MANY ? 'banner.too-many' : 'banner.stopped');
    return h(
      'p',
      { class: 'banner banner-bad', key: 'stopped' },
      h('span', null, words),
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          on: { click: () => (reload ? location.reload() : client().retryNow()) },
        },
        t(reload ? 'banner.reload' : 'banner.retry'),
      ),
    );
  }
}

customElements.define('connection-banner', ConnectionBanner);
