/** Settings: profile, this page, notifications, devices, password. */

import { client, state } from '../context.js';
import { dropDrafts } from '../drafts.js';
import { t } from '../i18n.js';
import { avatar, button, field, toggle } from '../parts.js';
import { prefer, preferences } from '../preferences.js';
import { attempt } from '../toasts.js';
import { h } from '../view.js';
import './account.js';
import { Sheet, ask, open } from './dialog.js';
import { openKeyboard } from './keyboard.js';
import { notificationSettings } from './notification-settings.js';

/** @import {PresenceState} from '../../client/types.js' */
/** @import {Phrase} from '../i18n.js' */

/** @type {Exclude<PresenceState, 'offline'>[]} */
const STATES = ['online', 'away', 'busy', 'invisible'];

class SettingsSheet extends Sheet {
  /** @type {string | null} */
  #name = null;

  /** @override */
  render() {
    const { me } = state();
    if (!me) return [];
    return this.sheet(
      t('settings.title'),
      this.#profile(me.display_name, me.handle),
      this.#section('settings.page', this.#page()),
      this.#section('settings.notifications', notificationSettings()),
      this.#section('settings.devices', h('device-list')),
      this.#section(
        'settings.password',
        h('password-form', { on: { changed: () => this.#devices?.load() } }),
      ),
      h(
        'div',
        { class: 'sheet-deeds' },
        button(t('keys.title'), () => openKeyboard()),
        button(t('settings.log-out'), () => this.#logOut(), { class: 'danger' }),
      ),
    );
  }

  /** @param {Phrase} title @param {import('../view.js').Child} content */
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
      // Of this moment: the last letters may not be painted yet.
      const wanted = (this.#name ?? name).trim();
      if (wanted && wanted !== name) await attempt(client().rename(wanted), t('settings.saved'));
      this.#name = null;
      this.refresh();
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
          maxlength: '64',
          dir: 'auto',
          autocomplete: 'name',
          set: { value },
          on: {
            input: (/** @type {any} */ event) => {
              this.#name = event.target.value;
              this.refresh();
            },
          },
        },
        { hint: `@${handle}` },
      ),
      value.trim() &&
        value !== name &&
        h('button', { type: 'submit', class: 'button primary' }, t('dialog.save')),
    );
  }

  #page() {
    const { theme, language, discreet } = preferences();
    const shown = state().presence.get(state().me?.id ?? '')?.state ?? 'online';
    const present = (/** @type {string} */ value) =>
      attempt(client().attention.present(/** @type {any} */ (value)));
    return [
      this.#choice(
        t('settings.presence'),
        shown,
        STATES.map((one) => [one, t(`presence.${one}`)]),
        present,
      ),
      this.#choice(
        t('settings.theme'),
        theme,
        [
          ['system', t('theme.system')],
          ['light', t('theme.light')],
          ['dark', t('theme.dark')],
        ],
        (value) => prefer({ theme: /** @type {any} */ (value) }),
      ),
      this.#choice(
        t('settings.language'),
        language,
        [
          ['', t('language.browser')],
          ['en', 'English'],
          ['zh', '中文'],
        ],
        (value) => prefer({ language: /** @type {any} */ (value) }),
      ),
      toggle(t('settings.receipts'), !discreet, (on) => prefer({ discreet: !on }), {
        hint: t('settings.receipts-hint'),
      }),
    ];
  }

  /**
   * @param {string} label
   * @param {string} value
   * @param {string[][]} options
   * @param {(value: string) => void} deed
   */
  #choice(label, value, options, deed) {
    return h(
      'label',
      { class: 'choice', key: label },
      h('span', null, label),
      h(
        'select',
        { set: { value }, on: { change: (/** @type {any} */ event) => deed(event.target.value) } },
        options.map(([name, words]) =>
          h('option', { key: name, value: name, set: { selected: name === value } }, words),
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
    const sure =
      !unsent ||
      (await ask({
        title: t('settings.log-out'),
        text: t('settings.unsent', { count: unsent }),
        deed: t('settings.log-out'),
        danger: true,
      }));
    if (!sure) return;
    await attempt(client().logOut());
    if (state().me) return;
    dropDrafts();
    this.finish();
  }
}

customElements.define('settings-sheet', SettingsSheet);

/** Open the settings; how pushes stand is looked at anew. */
export function openSettings() {
  client().pushes.look();
  return open(new SettingsSheet());
}
