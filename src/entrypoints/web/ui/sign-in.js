/** The form to register and to log in. Errors are shown at their field. */

import { errorCode, rethrowUnexpected } from '../client/errors.js';
import { LIMITS } from '../client/limits.js';
import { client, state } from './context.js';
import { Component } from './component.js';
import { currentLanguage, t } from './i18n.js';
import { fieldText, formProblems } from './error-text.js';
import { field } from './widgets.js';
import { localValues, storageNotice } from './local-values.js';
import { setPreferences } from './preferences.js';
import { h } from './vdom.js';

const KNOWN_DEVICE_KEY = 'parlour.known';

export class SignIn extends Component {
  #isRegistering = !localValues.get(KNOWN_DEVICE_KEY);
  #isBusy = false;
  /** Whether accounts can be made here; assumed until the service has said otherwise. */
  #isOpen = true;
  #isPasswordShown = false;
  /** @type {Record<string, string>} */
  #problems = {};
  #hasUpdated = false;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#askRegistration();
  }

  /** @override */
  render() {
    return h(
      'main',
      { class: 'sign-in' },
      h(
        'div',
        { class: 'sign-in-card' },
        storageNotice(),
        h(
          'div',
          { class: 'sign-in-header' },
          h('span', { class: 'logo', 'aria-hidden': 'true' }),
          h('h1', null, 'Parlour'),
        ),
        this.#description(),
        this.#isOpen
          ? this.#tabs()
          : h('p', { class: 'secondary', key: 'closed' }, t('sign.closed')),
        this.#form(),
        this.#languageLinks(),
      ),
    );
  }

  /** What this is, or why the service has logged this device out. */
  #description() {
    const reason = state().signOutReason;
    return reason
      ? h('p', { class: 'sign-in-notice', key: 'reason', role: 'alert' }, t(`sign.out-${reason}`))
      : h('p', { class: 'secondary', key: 'description' }, t('sign.description'));
  }

  /**
   * Focus the first field after a log-out; at page load the browser does it.
   * @override
   */
  updated() {
    if (!this.#hasUpdated && document.activeElement === document.body)
      this.querySelector('input')?.focus();
    this.#hasUpdated = true;
  }

  /** Without an answer the form offers to register; the service refuses it if it must. */
  async #askRegistration() {
    try {
      const { registration } = await client().api.getService();
      if (registration === 'closed') this.#closeRegistration();
    } catch (error) {
      rethrowUnexpected(error);
    }
  }

  #tabs() {
    const tab = (/** @type {boolean} */ isNew, /** @type {string} */ label) =>
      h(
        'button',
        {
          type: 'button',
          role: 'radio',
          class: 'segment',
          'aria-checked': String(this.#isRegistering === isNew),
          on: {
            click: () => {
              this.#isRegistering = isNew;
              this.#problems = {};
              this.requestUpdate();
            },
          },
        },
        label,
      );
    return h(
      'div',
      { class: 'segments', role: 'radiogroup', 'aria-label': t('sign.choice') },
      tab(true, t('sign.register')),
      tab(false, t('sign.log-in')),
    );
  }

  #form() {
    const isNew = this.#isRegistering;
    const problems = this.#problems;
    return h(
      'form',
      {
        novalidate: true,
        on: { submit: (/** @type {SubmitEvent} */ event) => this.#onSubmit(event) },
      },
      this.#fields(isNew),
      this.#passwordSwitch(),
      problems.all && h('p', { class: 'form-error', role: 'alert' }, problems.all),
      h(
        'button',
        { type: 'submit', class: 'button primary wide', disabled: this.#isBusy },
        isNew ? t('sign.register-submit') : t('sign.log-in-submit'),
      ),
    );
  }

  /** @param {boolean} isNew */
  #fields(isNew) {
    const problems = this.#problems;
    return [
      field(
        'handle',
        t('sign.handle'),
        {
          type: 'text',
          name: 'handle',
          autocomplete: 'username',
          autocapitalize: 'none',
          spellcheck: 'false',
          required: true,
          maxlength: String(LIMITS.handle.max),
          autofocus: true,
        },
        { problem: problems.handle, hint: isNew ? t('sign.handle-hint', LIMITS.handle) : '' },
      ),
      isNew &&
        field(
          'name',
          t('sign.name'),
          {
            type: 'text',
            name: 'name',
            autocomplete: 'name',
            maxlength: String(LIMITS.display_name.max),
            dir: 'auto',
          },
          { problem: problems.display_name, hint: t('sign.name-hint', LIMITS.display_name) },
        ),
      field(
        'password',
        t('sign.password'),
        {
          type: this.#isPasswordShown ? 'text' : 'password',
          name: 'password',
          autocomplete: isNew ? 'new-password' : 'current-password',
          required: true,
          maxlength: '1024',
        },
        {
          problem: problems.password,
          hint: isNew ? t('sign.password-hint', LIMITS.password) : '',
        },
      ),
    ];
  }

  #passwordSwitch() {
    return h(
      'label',
      { class: 'checkbox-field' },
      h('input', {
        type: 'checkbox',
        set: { checked: this.#isPasswordShown },
        on: {
          change: (/** @type {any} */ event) => {
            this.#isPasswordShown = event.target.checked;
            this.requestUpdate();
          },
        },
      }),
      t('sign.show-password'),
    );
  }

  #languageLinks() {
    const link = (/** @type {'en' | 'zh'} */ language, /** @type {string} */ data) =>
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          lang: language,
          'aria-pressed': String(currentLanguage() === language),
          on: { click: () => setPreferences({ language }) },
        },
        data,
      );
    return h('p', { class: 'language-links' }, link('en', 'English'), link('zh', '中文'));
  }

  /** @param {SubmitEvent} event */
  async #onSubmit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const handle = String(data.get('handle')).trim().replace(/^@/, '').toLowerCase();
    const password = String(data.get('password'));
    const name = String(data.get('name') ?? '').trim();
    this.#problems = this.#validate(handle, password);
    if (!Object.keys(this.#problems).length) await this.#submit(handle, password, name);
    this.requestUpdate();
    requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (this.querySelector('[aria-invalid=true]'))?.focus(),
    );
  }

  /** @param {string} handle @param {string} password @returns {Record<string, string>} */
  #validate(handle, password) {
    /** @type {Record<string, string>} */
    const problems = {};
    if (!handle) problems.handle = t('sign.handle-missing');
    if (!password) problems.password = t('sign.password-missing');
    else if (this.#isRegistering && [...password].length < LIMITS.password.min)
      problems.password = fieldText('password') ?? '';
    return problems;
  }

  /** @param {string} handle @param {string} password @param {string} name */
  async #submit(handle, password, name) {
    this.#isBusy = true;
    this.requestUpdate();
    try {
      if (this.#isRegistering)
        await client().register({ handle, password, ...(name && { display_name: name }) });
      else await client().logIn({ handle, password });
      localValues.set(KNOWN_DEVICE_KEY, '1');
    } catch (error) {
      this.#problems = this.#problemsOf(error);
    }
    this.#isBusy = false;
  }

  /**
   * Assign the fields of an error to the form.
   * @param {unknown} error
   * @returns {Record<string, string>} messages by field; `all` for the whole form
   */
  #problemsOf(error) {
    if (this.#isRegistering && errorCode(error) === 'forbidden') {
      this.#closeRegistration();
      return { all: t('sign.closed') };
    }
    return formProblems(error, ['handle', 'display_name', 'password']);
  }

  #closeRegistration() {
    this.#isOpen = false;
    this.#isRegistering = false;
    this.requestUpdate();
  }
}

customElements.define('sign-in', SignIn);
