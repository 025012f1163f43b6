/**
 * The connection banner: shows that the client is disconnected, when it reconnects, that it is catching
 * up, and that the browser stores nothing.
 */

import { client, state } from './context.js';
import { Component } from './component.js';
import { storageNotice } from './local-values.js';
import { t } from './i18n.js';
import { h } from './vdom.js';

const TOO_MANY_CONNECTIONS = 4505;
const UNSUPPORTED_VERSION = 4503;
/** A shorter interruption is not shown. */
const SHOW_AFTER_MS = 1_200;

export class ConnectionBanner extends Component {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #downSince = 0;

  /** @override */
  disconnected() {
    clearTimeout(this.#timer);
  }

  /** @override */
  render() {
    const { connection, catchingUp } = state();
    const isDown = connection.phase !== 'online';
    if (isDown && !this.#downSince) this.#downSince = Date.now();
    if (!isDown) this.#downSince = 0;
    clearTimeout(this.#timer);
    if (isDown) this.#timer = setTimeout(() => this.requestUpdate(), 500);
    const content = isDown
      ? this.#disconnected(connection)
      : catchingUp &&
        h(
          'p',
          { class: 'banner' },
          h('span', { class: 'spinner', 'aria-hidden': 'true' }),
          t('banner.catching-up'),
        );
    return h('div', { role: 'status', class: 'banner-region' }, content, storageNotice());
  }

  /** @param {import('../client/types.js').ConnectionState} link */
  #disconnected({ phase, until = 0, code }) {
    if (phase === 'stopped') return this.#stopped(code ?? 0);
    if (Date.now() - this.#downSince < SHOW_AFTER_MS) return null;
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
      // The countdown is hidden from screen readers, which would read it every second.
      h(
        'span',
        { class: 'countdown', 'aria-hidden': 'true' },
        t('banner.retry-in', { count: seconds }),
      ),
      h(
        'button',
        { type: 'button', class: 'link', on: { click: () => client().reconnectNow() } },
        t('banner.retry'),
      ),
    );
  }

  /** @param {number} code */
  #stopped(code) {
    if (!state().me) return null;
    const reload = code === UNSUPPORTED_VERSION;
    const content = reload
      ? t('banner.old-page')
      : t(code === TOO_MANY_CONNECTIONS ? 'banner.too-many' : 'banner.stopped');
    return h(
      'p',
      { class: 'banner banner-error', key: 'stopped' },
      h('span', null, content),
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          on: { click: () => (reload ? location.reload() : client().reconnectNow()) },
        },
        t(reload ? 'banner.reload' : 'banner.retry'),
      ),
    );
  }
}

customElements.define('connection-banner', ConnectionBanner);
