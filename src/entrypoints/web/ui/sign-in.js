/**
 * The way in: register or log in. Everything that can go wrong is said at the field it concerns.
 */

import { Refused } from '../client/errors.js';
import { client } from './context.js';
import { View } from './element.js';
import { spoken, t } from './i18n.js';
import { SHORTEST_PASSWORD, explain, field } from './parts.js';
import { prefer } from './preferences.js';
import { h } from './view.js';

const KNOWN = 'parlour.known';

export class SignIn extends View {
  #new = !localStorage.getItem(KNOWN);
  #busy = false;
  #shown = false;
  /** @type {Record<string, string>} */
  #problems = {};
  #entered = false;

  /** @override */
  render() {
    return h(
      'main',
      { class: 'sign-in' },
      h(
        'div',
        { class: 'sign-card' },
        h(
          'div',
          { class: 'sign-head' },
          h('span', { class: 'logo', 'aria-hidden': 'true' }),
          h('h1', null, 'Parlour'),
        ),
        h('p', { class: 'quiet' }, t('sign.words')),
        this.#tabs(),
        this.#form(),
        this.#languages(),
      ),
    );
  }

  /**
   * Whoever has just logged out can log in again at once: a page is given its focus only when it
   * is loaded.
   * @override
   */
  painted() {
    if (!this.#entered && document.activeElement === document.body)
      this.querySelector('input')?.focus();
    this.#entered = true;
  }

  #tabs() {
    const tab = (/** @type {boolean} */ fresh, /** @type {string} */ label) =>
      h(
        'button',
        {
          type: 'button',
          role: 'radio',
          class: 'segment',
          'aria-checked': String(this.#new === fresh),
          on: {
            click: () => {
              this.#new = fresh;
              this.#problems = {};
              this.refresh();
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
    const fresh = this.#new;
    const problems = this.#problems;
    return h(
      'form',
      {
        novalidate: true,
        on: { submit: (/** @type {SubmitEvent} */ event) => this.#enter(event) },
      },
      this.#fields(fresh),
      this.#showing(),
      problems.all && h('p', { class: 'problem', role: 'alert' }, problems.all),
      h(
        'button',
        { type: 'submit', class: 'button primary wide', disabled: this.#busy },
        fresh ? t('sign.register-deed') : t('sign.log-in-deed'),
      ),
    );
  }

  /** @param {boolean} fresh */
  #fields(fresh) {
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
          maxlength: '32',
          autofocus: true,
        },
        { problem: problems.handle, hint: fresh ? t('sign.handle-hint') : '' },
      ),
      fresh &&
        field(
          'name',
          t('sign.name'),
          { type: 'text', name: 'name', autocomplete: 'name', maxlength: '64', dir: 'auto' },
          { problem: problems.display_name, hint: t('sign.name-hint') },
        ),
      field(
        'password',
        t('sign.password'),
        {
          type: this.#shown ? 'text' : 'password',
          name: 'password',
          autocomplete: fresh ? 'new-password' : 'current-password',
          required: true,
          maxlength: '1024',
        },
        {
          problem: problems.password,
          hint: fresh ? t('sign.password-hint', { count: SHORTEST_PASSWORD }) : '',
        },
      ),
    ];
  }

  #showing() {
    return h(
      'label',
      { class: 'check' },
      h('input', {
        type: 'checkbox',
        set: { checked: this.#shown },
        on: {
          change: (/** @type {any} */ event) => {
            this.#shown = event.target.checked;
            this.refresh();
          },
        },
      }),
      t('sign.show-password'),
    );
  }

  #languages() {
    const offer = (/** @type {'en' | 'zh'} */ language, /** @type {string} */ words) =>
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          lang: language,
          'aria-pressed': String(spoken() === language),
          on: { click: () => prefer({ language }) },
        },
        words,
      );
    return h('p', { class: 'languages' }, offer('en', 'English'), offer('zh', '中文'));
  }

  /** @param {SubmitEvent} event */
  async #enter(event) {
    event.preventDefault();
    const words = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const handle = String(words.get('handle')).trim().replace(/^@/, '').toLowerCase();
    const password = String(words.get('password'));
    const name = String(words.get('name') ?? '').trim();
    this.#problems = this.#missing(handle, password);
    if (!Object.keys(this.#problems).length) await this.#try(handle, password, name);
    this.refresh();
    requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (this.querySelector('[aria-invalid=true]'))?.focus(),
    );
  }

  /** @param {string} handle @param {string} password @returns {Record<string, string>} */
  #missing(handle, password) {
    /** @type {Record<string, string>} */
    const problems = {};
    if (!handle) problems.handle = t('sign.handle-missing');
    if (!password) problems.password = t('sign.password-missing');
    else if (this.#new && password.length < SHORTEST_PASSWORD)
      problems.password = t('sign.password-hint', { count: SHORTEST_PASSWORD });
    return problems;
  }

  /** @param {string} handle @param {string} password @param {string} name */
  async #try(handle, password, name) {
    this.#busy = true;
    this.refresh();
    try {
      if (this.#new)
        await client().register({ handle, password, ...(name && { display_name: name }) });
      else await client().logIn({ handle, password });
      localStorage.setItem(KNOWN, '1');
    } catch (error) {
      this.#problems = this.#sort(error);
    }
    this.#busy = false;
  }

  /**
   * A refusal that names fields is shown at them.
   * @param {unknown} error
   * @returns {Record<string, string>}
   */
  #sort(error) {
    if (error instanceof Refused && error.code === 'handle_taken')
      return { handle: explain(error) };
    if (error instanceof Refused && error.code === 'forbidden') return { all: t('sign.closed') };
    if (error instanceof Refused && error.fields.length)
      return Object.fromEntries(error.fields.map((one) => [one.field, one.message]));
    return { all: explain(error) };
  }
}

customElements.define('sign-in', SignIn);
