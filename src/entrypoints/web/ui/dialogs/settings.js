/** The settings: profile, appearance, notifications, devices, password. */

import { LIMITS } from '../../client/limits.js';
import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { avatar, button, field, switchField } from '../widgets.js';
import { setPreferences, preferences } from '../preferences.js';
import { attempt } from '../toasts.js';
import { h } from '../vdom.js';
import './account.js';
import { DialogView, confirmAction, openDialog } from './dialog.js';
import { openShortcuts } from './shortcuts.js';
import { notificationSettings } from './notification-settings.js';

/** @import {ChosenState} from '../../client/types.js' */
/** @import {TextKey} from '../i18n.js' */

/** @type {ChosenState[]} */
const PRESENCE_STATES = ['online', 'busy', 'invisible'];

class SettingsDialog extends DialogView {
  /** @type {string | null} */
  #name = null;

  /** @override */
  render() {
    const { me } = state();
    if (!me) return [];
    return this.layout(
      t('settings.title'),
      this.#profile(me.display_name, me.handle),
      this.#section('settings.page', this.#pageSettings()),
      this.#section('settings.notifications', notificationSettings()),
      this.#section('settings.devices', h('device-list')),
      this.#section(
        'settings.password',
        h('password-form', { on: { changed: () => this.#devices?.load() } }),
      ),
      h(
        'div',
        { class: 'modal-actions' },
        button(t('keys.title'), () => openShortcuts()),
        button(t('settings.log-out'), () => this.#logOut(), { class: 'danger' }),
      ),
    );
  }

  /** @param {TextKey} title @param {import('../vdom.js').Child} content */
  #section(title, content) {
    return h(
      'section',
      { class: 'settings-section', key: title },
      h('h3', null, t(title)),
      content,
    );
  }

  /** @param {string} name @param {string} handle */
  #profile(name, handle) {
    const id = state().me?.id ?? '';
    const value = this.#name ?? name;
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      // Read now: the last input may not be rendered yet.
      const wanted = (this.#name ?? name).trim();
      if (wanted && wanted !== name)
        await attempt(client().setDisplayName(wanted), t('settings.saved'));
      this.#name = null;
      this.requestUpdate();
    };
    return h(
      'form',
      { class: 'profile', key: 'profile', on: { submit: save } },
      avatar(id, value || name, { size: 'large' }),
      field(
        'display-name',
        t('settings.name'),
        {
          type: 'text',
          maxlength: String(LIMITS.display_name.max),
          dir: 'auto',
          autocomplete: 'name',
          set: { value },
          on: {
            input: (/** @type {any} */ event) => {
              this.#name = event.target.value;
              this.requestUpdate();
            },
          },
        },
        { hint: `@${handle} · ${t('sign.name-hint', LIMITS.display_name)}` },
      ),
      value.trim() &&
        value !== name &&
        h('button', { type: 'submit', class: 'button primary' }, t('dialog.save')),
    );
  }

  #pageSettings() {
    const { theme, language, discreet } = preferences();
    const chosen = state().me?.presence?.state ?? 'online';
    const choosePresence = (/** @type {string} */ value) =>
      attempt(client().activity.choosePresence(/** @type {any} */ (value)));
    return [
      this.#selectField(
        t('settings.presence'),
        chosen,
        PRESENCE_STATES.map((one) => [one, t(`presence.${one}`)]),
        choosePresence,
      ),
      this.#selectField(
        t('settings.theme'),
        theme,
        [
          ['system', t('theme.system')],
          ['light', t('theme.light')],
          ['dark', t('theme.dark')],
        ],
        (value) => setPreferences({ theme: /** @type {any} */ (value) }),
      ),
      this.#selectField(
        t('settings.language'),
        language,
        [
          ['', t('language.browser')],
          ['en', 'English'],
          ['zh', '中文'],
        ],
        (value) => setPreferences({ language: /** @type {any} */ (value) }),
      ),
      switchField(t('settings.receipts'), !discreet, (on) => setPreferences({ discreet: !on }), {
        hint: t('settings.receipts-hint'),
      }),
    ];
  }

  /**
   * @param {string} label
   * @param {string} value
   * @param {string[][]} options
   * @param {(value: string) => void} onChange
   */
  #selectField(label, value, options, onChange) {
    return h(
      'label',
      { class: 'select-field', key: label },
      h('span', null, label),
      h(
        'select',
        {
          set: { value },
          on: { change: (/** @type {any} */ event) => onChange(event.target.value) },
        },
        options.map(([name, text]) =>
          h('option', { key: name, value: name, set: { selected: name === value } }, text),
        ),
      ),
    );
  }

  /** @returns {any} */
  get #devices() {
    return this.querySelector('device-list');
  }

  async #logOut() {
    const unsent = state().outbox.length;
    const isConfirmed =
      !unsent ||
      (await confirmAction({
        title: t('settings.log-out'),
        text: t('settings.unsent', { count: unsent }),
        action: t('settings.log-out'),
        danger: true,
      }));
    if (!isConfirmed) return;
    await attempt(client().logOut());
    if (state().me) return;
    this.close();
  }
}

customElements.define('settings-dialog', SettingsDialog);

/** Open the settings and update the status of Web Push. */
export function openSettings() {
  client().webPush.refreshStatus();
  return openDialog(new SettingsDialog());
}
