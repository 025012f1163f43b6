/** The account in the settings: devices that are logged in, and the password. */

import { codeOf } from '../../client/errors.js';
import { client, state } from '../context.js';
import { View } from '../element.js';
import { ago, t } from '../i18n.js';
import { SHORTEST_PASSWORD, button, explain, field } from '../parts.js';
import { attempt, toast } from '../toasts.js';
import { h } from '../view.js';

/** @import {Device} from '../../client/types.js' */

class DeviceList extends View {
  /** @type {Device[] | null} */
  #devices = null;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  /** @override */
  render() {
    if (!this.#devices) return h('p', { class: 'quiet' }, t('timeline.loading'));
    return h(
      'ul',
      { class: 'list', role: 'list' },
      this.#devices.map((device) =>
        h(
          'li',
          { key: device.id, class: 'entry plain device' },
          h(
            'span',
            { class: 'entry-top' },
            h(
              'bdi',
              { class: 'entry-title' },
              device.name || device.platform || t('device.unknown'),
            ),
            device.current && h('span', { class: 'role' }, t('device.this')),
          ),
          h(
            'span',
            { class: 'entry-bottom' },
            h(
              'span',
              { class: 'entry-preview' },
              t('device.seen', {
                ago: ago(Date.parse(device.last_seen_at), Date.now() + client().api.skew),
              }),
            ),
          ),
          !device.current &&
            button(t('device.end'), () => this.#end(device), { class: 'small danger entry-menu' }),
        ),
      ),
    );
  }

  /** Ask which devices there are. */
  async load() {
    this.#devices = (await attempt(client().api.devices()))?.devices ?? [];
    this.refresh();
  }

  /** @param {Device} device */
  async #end(device) {
    await attempt(client().api.endDevice(device.id), t('device.ended'));
    await this.load();
  }
}

class PasswordForm extends View {
  #problem = '';
  #isShort = false;

  /** @override */
  render() {
    return h(
      'form',
      {
        class: 'password',
        novalidate: true,
        on: { submit: (/** @type {SubmitEvent} */ event) => this.#change(event) },
      },
      h('input', {
        type: 'text',
        name: 'username',
        autocomplete: 'username',
        hidden: true,
        value: state().me?.handle,
      }),
      field(
        'old-password',
        t('settings.old-password'),
        { type: 'password', name: 'old', autocomplete: 'current-password', required: true },
        { problem: this.#problem },
      ),
      field(
        'new-password',
        t('settings.new-password'),
        {
          type: 'password',
          name: 'new',
          autocomplete: 'new-password',
          required: true,
          maxlength: '1024',
        },
        {
          hint: t('settings.password-hint'),
          problem: this.#isShort ? t('sign.password-hint', { count: SHORTEST_PASSWORD }) : '',
        },
      ),
      h('button', { type: 'submit', class: 'button' }, t('settings.change-password')),
    );
  }

  /** @param {SubmitEvent} event */
  async #change(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const words = new FormData(form);
    const [old, fresh] = [String(words.get('old')), String(words.get('new'))];
    this.#problem = old ? '' : t('sign.password-missing');
    this.#isShort = fresh.length < SHORTEST_PASSWORD;
    if (this.#problem || this.#isShort) {
      this.refresh();
      return;
    }
    try {
      await client().api.changePassword(old, fresh);
      form.reset();
      toast(t('settings.password-changed'));
      this.dispatchEvent(new CustomEvent('changed'));
    } catch (error) {
      const wrong = codeOf(error) === 'unauthenticated';
      this.#problem = wrong ? t('settings.wrong-password') : explain(error);
    }
    this.refresh();
  }
}

customElements.define('device-list', DeviceList);
customElements.define('password-form', PasswordForm);
