/** Settings: profile, this page, notifications, devices, password. */

import { codeOf } from '../../client/errors.js';
import { client, state } from '../context.js';
import { dropDrafts } from '../drafts.js';
import { ago, t } from '../i18n.js';
import { askForDesktop } from '../notify.js';
import { avatar, button, explain, field, toggle } from '../parts.js';
import { prefer, preferences } from '../preferences.js';
import { attempt, toast } from '../toasts.js';
import { h } from '../view.js';
import { Sheet, ask, open } from './dialog.js';
import { openKeyboard } from './keyboard.js';

/** @import {Device, PresenceState} from '../../client/types.js' */
/** @import {Phrase} from '../i18n.js' */

/** @type {Exclude<PresenceState, 'offline'>[]} */
const STATES = ['online', 'away', 'busy', 'invisible'];

class SettingsSheet extends Sheet {
  /** @type {Device[] | null} */
  #devices = null;
  /** @type {string | null} */
  #name = null;
  #problem = '';

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  /** @override */
  render() {
    const { me } = state();
    if (!me) return [];
    return this.sheet(t('settings.title'),
      this.#profile(me.display_name, me.handle),
      this.#section('settings.page', this.#page()),
      this.#section('settings.notifications', this.#notifications()),
      this.#section('settings.devices', this.#deviceList()),
      this.#section('settings.password', this.#password()),
      h('div', { class: 'sheet-deeds' },
        button(t('keys.title'), () => openKeyboard()),
        button(t('settings.log-out'), () => this.#logOut(), { class: 'danger' })));
  }

  /** @param {Phrase} title @param {import('../view.js').Child} content */
  #section(title, content) {
    return h('section', { class: 'settings-section', key: title }, h('h3', null, t(title)), content);
  }

  /** @param {string} name @param {string} handle */
  #profile(name, handle) {
    const id = state().me?.id ?? '';
    const value = this.#name ?? name;
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (value.trim() && value !== name) await attempt(client().rename(value.trim()), t('settings.saved'));
      this.#name = null;
      this.refresh();
    };
    return h('form', { class: 'profile', key: 'profile', on: { submit: save } },
      avatar(id, value || name, { size: 'large' }),
      field('display-name', t('settings.name'), {
        type: 'text', maxlength: '64', dir: 'auto', autocomplete: 'name', set: { value },
        on: { input: (/** @type {any} */ event) => { this.#name = event.target.value; this.refresh(); } },
      }, { hint: `@${handle}` }),
      value.trim() && value !== name && h('button', { type: 'submit', class: 'button primary' }, t('dialog.save')));
  }

  #page() {
    const { theme, language, discreet } = preferences();
    const shown = state().presence.get(state().me?.id ?? '')?.state ?? 'online';
    const present = (/** @type {string} */ value) => attempt(client().attention.present(/** @type {any} */ (value)));
    return [
      this.#choice(t('settings.presence'), shown, STATES.map((one) => [one, t(`presence.${one}`)]), present),
      this.#choice(t('settings.theme'), theme, [['system', t('theme.system')], ['light', t('theme.light')], ['dark', t('theme.dark')]], (value) => prefer({ theme: /** @type {any} */ (value) })),
      this.#choice(t('settings.language'), language, [['', t('language.browser')], ['en', 'English'], ['zh', '中文']], (value) => prefer({ language: /** @type {any} */ (value) })),
      toggle(t('settings.receipts'), !discreet, (on) => prefer({ discreet: !on }), t('settings.receipts-hint')),
    ];
  }

  /** @param {string} label @param {string} value @param {string[][]} options @param {(value: string) => void} deed */
  #choice(label, value, options, deed) {
    return h('label', { class: 'choice', key: label }, h('span', null, label),
      h('select', { set: { value }, on: { change: (/** @type {any} */ event) => deed(event.target.value) } },
        options.map(([name, words]) => h('option', { key: name, value: name, set: { selected: name === value } }, words))));
  }

  #notifications() {
    const { desktop, preview, sound, disturb } = preferences();
    return [
      toggle(t('settings.quiet'), !disturb, (on) => prefer({ disturb: !on }), t('settings.quiet-hint')),
      toggle(t('settings.desktop'), desktop, async (on) => prefer({ desktop: on && await askForDesktop() })),
      toggle(t('settings.preview'), preview, (on) => prefer({ preview: on })),
      toggle(t('settings.sound'), sound, (on) => prefer({ sound: on })),
    ];
  }

  #deviceList() {
    if (!this.#devices) return h('p', { class: 'quiet' }, t('timeline.loading'));
    return h('ul', { class: 'list', role: 'list' }, this.#devices.map((device) => h('li', { key: device.id, class: 'entry plain device' },
      h('span', { class: 'entry-top' }, h('bdi', { class: 'entry-title' }, device.name || device.platform || t('device.unknown')), device.current && h('span', { class: 'role' }, t('device.this'))),
      h('span', { class: 'entry-bottom' }, h('span', { class: 'entry-preview' }, t('device.seen', { ago: ago(Date.parse(device.last_seen_at), Date.now() + client().api.skew) }))),
      !device.current && button(t('device.end'), () => this.#end(device), { class: 'small danger entry-menu' }))));
  }

  #password() {
    const change = async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const words = new FormData(form);
      try {
        await client().api.changePassword(String(words.get('old')), String(words.get('new')));
        this.#problem = '';
        form.reset();
        toast(t('settings.password-changed'));
        await this.#load();
      } catch (error) {
        this.#problem = codeOf(error) === 'unauthenticated' ? t('settings.wrong-password') : explain(error);
      }
      this.refresh();
    };
    return h('form', { class: 'password', on: { submit: change } },
      h('input', { type: 'text', name: 'username', autocomplete: 'username', hidden: true, value: state().me?.handle }),
      field('old-password', t('settings.old-password'), { type: 'password', name: 'old', autocomplete: 'current-password', required: true }, { problem: this.#problem }),
      field('new-password', t('settings.new-password'), { type: 'password', name: 'new', autocomplete: 'new-password', required: true, minlength: '8', maxlength: '1024' }, { hint: t('settings.password-hint') }),
      h('button', { type: 'submit', class: 'button' }, t('settings.change-password')));
  }

  async #load() {
    this.#devices = (await attempt(client().api.devices()))?.devices ?? [];
    this.refresh();
  }

  /** @param {Device} device */
  async #end(device) {
    await attempt(client().api.endDevice(device.id), t('device.ended'));
    await this.#load();
  }

  async #logOut() {
    const unsent = state().outbox.length;
    const sure = !unsent || await ask({ title: t('settings.log-out'), text: t('settings.unsent', { count: unsent }), deed: t('settings.log-out'), danger: true });
    if (!sure) return;
    await attempt(client().logOut());
    if (state().me) return;
    dropDrafts();
    this.finish();
  }
}

customElements.define('settings-sheet', SettingsSheet);

export const openSettings = () => open(new SettingsSheet());
