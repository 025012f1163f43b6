/** A new conversation: with one person, or a group with a name. */

import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { button, field } from '../parts.js';
import { go } from '../router.js';
import { attempt } from '../toasts.js';
import { h } from '../view.js';
import { Sheet, open } from './dialog.js';
import { PeoplePicker } from './people-picker.js';

class NewChat extends Sheet {
  #group = false;
  #title = '';
  #nameless = false;
  #busy = false;
  #picker = new PeoplePicker(
    () => this.refresh(),
    (user) => this.#group && user.id === state().me?.id,
  );

  /** @override */
  render() {
    const pick = this.#picker.render({
      many: this.#group,
      onPick: (user) => this.#begin(client().groups.direct(user.id)),
    });
    return this.sheet(
      t('new.title'),
      this.#tabs(),
      this.#group && this.#naming(),
      pick,
      this.#group && this.#deeds(),
    );
  }

  #tabs() {
    const tab = (/** @type {boolean} */ group, /** @type {string} */ label) =>
      h(
        'button',
        {
          type: 'button',
          role: 'radio',
          class: 'segment',
          'aria-checked': String(this.#group === group),
          on: {
            click: () => {
              this.#group = group;
              this.refresh();
            },
          },
        },
        label,
      );
    return h(
      'div',
      { class: 'segments', role: 'radiogroup', 'aria-label': t('new.kind') },
      tab(false, t('new.direct')),
      tab(true, t('new.group')),
    );
  }

  #naming() {
    return field(
      'group-title',
      t('group.title'),
      {
        type: 'text',
        maxlength: '128',
        autocomplete: 'off',
        dir: 'auto',
        set: { value: this.#title },
        on: {
          input: (/** @type {any} */ event) => {
            this.#title = event.target.value;
            this.#nameless = false;
            this.refresh();
          },
        },
      },
      { problem: this.#nameless ? t('group.title-missing') : '' },
    );
  }

  #deeds() {
    return h(
      'div',
      { class: 'sheet-deeds' },
      button(t('new.create', { count: this.#picker.chosen.length }), () => this.#create(), {
        class: 'primary',
        disabled: this.#busy,
      }),
    );
  }

  #create() {
    const title = this.#title.trim();
    if (title) {
      const people = this.#picker.chosen.map((user) => user.id);
      this.#begin(client().groups.create(title, people));
      return;
    }
    this.#nameless = true;
    this.refresh();
    /** @type {HTMLElement | null} */ (this.querySelector('#group-title'))?.focus();
  }

  /** @param {Promise<string>} work */
  async #begin(work) {
    this.#busy = true;
    this.refresh();
    const id = await attempt(work);
    this.#busy = false;
    this.refresh();
    if (!id) return;
    this.finish();
    go(id);
  }
}

customElements.define('new-chat', NewChat);

export const openNewChat = () => open(new NewChat());
