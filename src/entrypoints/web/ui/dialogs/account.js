/** Account settings: the devices that are logged in, and the password. */

import { errorCode } from '../../client/errors.js';
import { LIMITS } from '../../client/limits.js';
import { client, state } from '../context.js';
import { Component } from '../component.js';
import { formatRelativeTime, t } from '../i18n.js';
import { formProblems, fieldText } from '../error-text.js';
import { button, field } from '../widgets.js';
import { attempt, toast } from '../toasts.js';
import { h } from '../vdom.js';

/** @import {Device} from '../../client/types.js' */

class DeviceList extends Component {
  /** @type {Device[] | null} */
  #devices = null;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  /** @override */
  render() {
    if (!this.#devices) return h('p', { class: 'secondary' }, t('timeline.loading'));
    return h(
      'ul',
      { class: 'list', role: 'list' },
      this.#devices.map((device) =>
        h(
          'li',
          { key: device.id, class: 'entry static device' },
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
                ago: formatRelativeTime(
                  Date.parse(device.last_seen_at),
                  Date.now() + client().api.clockSkew,
                ),
              }),
            ),
          ),
          !device.current &&
            button(t('device.end'), () => this.#revoke(device), {
              class: 'small danger entry-menu',
            }),
        ),
      ),
    );
  }

  /** Load the devices. */
  async load() {
    this.#devices = (await attempt(client().api.listDevices()))?.devices ?? [];
    this.requestUpdate();
  }

  /** @param {Device} device */
  async #revoke(device) {
    await attempt(client().api.revokeDevice(device.id), t('device.ended'));
    await this.load();
  }
}

class PasswordForm extends Component {
  /** @type {Record<string, string>} */
  #problems = {};

  /** @override */
  render() {
    return h(
      'form',
      {
        class: 'password',
        novalidate: true,
        on: { submit: (/** @type {SubmitEvent} */ event) => this.#onSubmit(event) },
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
        { problem: this.#problems.old_password ?? this.#problems.all },
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
          hint: `${t('sign.password-hint', LIMITS.password)} ${t('settings.password-hint')}`,
          problem: this.#problems.new_password,
        },
      ),
      h('button', { type: 'submit', class: 'button' }, t('settings.change-password')),
    );
  }

  /** @param {SubmitEvent} event */
  async #onSubmit(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const data = new FormData(form);
    const [old, replacement] = [String(data.get('old')), String(data.get('new'))];
    this.#problems = this.#validate(old, replacement);
    if (Object.keys(this.#problems).length) return this.requestUpdate();
    try {
      await client().api.changePassword(old, replacement);
      form.reset();
      toast(t('settings.password-changed'));
      this.dispatchEvent(new CustomEvent('changed'));
    } catch (error) {
      const isWrong = errorCode(error) === 'unauthenticated';
      this.#problems = isWrong
        ? { old_password: t('settings.wrong-password') }
        : formProblems(error, ['old_password', 'new_password']);
    }
    return this.requestUpdate();
  }

  /** @param {string} old @param {string} replacement @returns {Record<string, string>} */
  #validate(old, replacement) {
    return {
      ...(!old && { old_password: t('sign.password-missing') }),
      ...([...replacement].length < LIMITS.password.min && {
        new_password: fieldText('new_password') ?? '',
      }),
    };
  }
}

customElements.define('device-list', DeviceList);
customElements.define('password-form', PasswordForm);
