/** Starts a conversation: with one person, or as a group with a title. */

import { LIMITS } from '../../client/limits.js';
import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { button, field } from '../widgets.js';
import { navigate } from '../router.js';
import { openPerson } from '../start-conversation.js';
import { attempt } from '../toasts.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';
import { PeoplePicker } from './people-picker.js';

class NewChatDialog extends DialogView {
  #isGroup = false;
  #title = '';
  #isTitleMissing = false;
  #isBusy = false;
  #picker = new PeoplePicker(
    () => this.requestUpdate(),
    (user) => this.#isGroup && user.id === state().me?.id,
  );

  /** @override */
  render() {
    const pick = this.#picker.render({
      isMulti: this.#isGroup,
      onPick: (user) => {
        this.close();
        openPerson(user.id);
      },
    });
    return this.layout(
      t('new.title'),
      this.#kindSwitch(),
      this.#isGroup && this.#titleField(),
      pick,
      this.#isGroup && this.#actions(),
    );
  }

  #kindSwitch() {
    const tab = (/** @type {boolean} */ group, /** @type {string} */ label) =>
      h(
        'button',
        {
          type: 'button',
          role: 'radio',
          class: 'segment',
          'aria-checked': String(this.#isGroup === group),
          on: {
            click: () => {
              this.#isGroup = group;
              this.requestUpdate();
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

  #titleField() {
    return field(
      'group-title',
      t('group.title'),
      {
        type: 'text',
        maxlength: String(LIMITS.title.max),
        autocomplete: 'off',
        dir: 'auto',
        set: { value: this.#title },
        on: {
          input: (/** @type {any} */ event) => {
            this.#title = event.target.value;
            this.#isTitleMissing = false;
            this.requestUpdate();
          },
        },
      },
      {
        problem: this.#isTitleMissing ? t('group.title-missing') : '',
        hint: t('rule.title', LIMITS.title),
      },
    );
  }

  #actions() {
    return h(
      'div',
      { class: 'modal-actions' },
      button(createLabel(this.#picker.selected.length), () => this.#create(), {
        class: 'primary',
        disabled: this.#isBusy,
      }),
    );
  }

  #create() {
    const title = this.#title.trim();
    if (title) {
      const people = this.#picker.selected.map((user) => user.id);
      this.#openCreated(client().conversations.createGroup(title, people));
      return;
    }
    this.#isTitleMissing = true;
    this.requestUpdate();
    /** @type {HTMLElement | null} */ (this.querySelector('#group-title'))?.focus();
  }

  /** @param {Promise<string>} promise */
  async #openCreated(promise) {
    this.#isBusy = true;
    this.requestUpdate();
    const id = await attempt(promise);
    this.#isBusy = false;
    this.requestUpdate();
    if (!id) return;
    this.close();
    navigate(id);
  }
}

/** @param {number} count */
const createLabel = (count) => (count ? t('new.create', { count }) : t('new.create-empty'));

customElements.define('new-chat-dialog', NewChatDialog);

export const openNewChat = () => openDialog(new NewChatDialog());
