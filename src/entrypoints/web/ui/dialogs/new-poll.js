/** Makes a poll: question, options, several answers, public votes, closing time. */

import { client } from '../context.js';
import { t } from '../i18n.js';
import { attempt } from '../toasts.js';
import { button, field, iconButton, switchField } from '../widgets.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

const MIN_OPTIONS = 2;
const MAX_OPTIONS = 12;
const MAX_QUESTION = 300;
const MAX_OPTION = 100;

/** @typedef {{question?: string, options?: string, closes?: string}} Problems */

class NewPollDialog extends DialogView {
  conversation = '';
  #question = '';
  /** Each option with a number that stays while others come and go. */
  #options = [1, 2].map((id) => ({ id, text: '' }));
  #nextId = 3;
  #isMultiple = false;
  #isPublic = false;
  #closes = '';
  /** @type {Problems} */
  #problems = {};

  /** @override */
  render() {
    const { question, options, closes } = this.#problems;
    return this.layout(
      t('poll.title'),
      h(
        'form',
        {
          class: 'poll-form',
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              this.#send();
            },
          },
        },
        field(
          'poll-question',
          t('poll.question'),
          {
            maxlength: MAX_QUESTION,
            autofocus: true,
            autocomplete: 'off',
            dir: 'auto',
            set: { value: this.#question },
            on: { input: this.#onInput((value) => (this.#question = value)) },
          },
          { problem: question },
        ),
        this.#optionFields(options),
        this.#rules(closes),
        h(
          'div',
          { class: 'modal-actions' },
          button(t('dialog.cancel'), () => this.close()),
          h('button', { type: 'submit', class: 'button primary' }, t('poll.create')),
        ),
      ),
    );
  }

  /** @param {string | undefined} problem with the closing time */
  #rules(problem) {
    return [
      switchField(t('poll.multiple'), this.#isMultiple, (on) => {
        this.#isMultiple = on;
        this.requestUpdate();
      }),
      switchField(
        t('poll.public'),
        this.#isPublic,
        (on) => {
          this.#isPublic = on;
          this.requestUpdate();
        },
        { hint: t('poll.public-hint') },
      ),
      field(
        'poll-closes',
        t('poll.closes'),
        {
          type: 'datetime-local',
          set: { value: this.#closes },
          on: { input: this.#onInput((value) => (this.#closes = value)) },
        },
        { problem, hint: t('poll.closes-hint') },
      ),
    ];
  }

  /** @param {(value: string) => void} set */
  #onInput(set) {
    return (/** @type {any} */ { target }) => {
      set(target.value);
      if (!Object.keys(this.#problems).length) return;
      this.#problems = {};
      this.requestUpdate();
    };
  }

  /** @param {string | undefined} problem */
  #optionFields(problem) {
    return h(
      'fieldset',
      {
        class: 'poll-options',
        key: 'options',
        'aria-describedby': problem && 'poll-options-text',
      },
      h('legend', null, t('poll.options')),
      this.#options.map(({ id, text }, index) => this.#optionField(id, text, index)),
      problem && h('p', { id: 'poll-options-text', class: 'field-error', role: 'alert' }, problem),
      this.#options.length < MAX_OPTIONS
        ? button(t('poll.add-option'), () => this.#addOption(), { key: 'add' })
        : h('p', { class: 'field-hint', key: 'full' }, t('poll.max-options')),
    );
  }

  /** @param {number} id @param {string} text @param {number} index */
  #optionField(id, text, index) {
    const number = index + 1;
    return h(
      'div',
      { class: 'field poll-option-field', key: id },
      h('input', {
        id: `poll-option-${id}`,
        'aria-label': t('poll.option', { number }),
        placeholder: t('poll.option', { number }),
        maxlength: MAX_OPTION,
        autocomplete: 'off',
        dir: 'auto',
        set: { value: text },
        on: {
          input: this.#onInput((value) => (this.#options[index].text = value)),
          keydown: (/** @type {KeyboardEvent} */ event) => this.#onOptionKey(event, index),
        },
      }),
      this.#options.length > MIN_OPTIONS &&
        iconButton('close', t('poll.drop-option', { number }), () => this.#dropOption(index)),
    );
  }

  /** Enter goes to the next option; a new one after the last. @param {KeyboardEvent} event @param {number} index */
  #onOptionKey(event, index) {
    if (event.key !== 'Enter' || event.isComposing || !this.#options[index].text.trim()) return;
    event.preventDefault();
    const next = this.#options[index + 1];
    if (next) this.updateAndFocus(`#poll-option-${next.id}`);
    else this.#addOption();
  }

  #addOption() {
    if (this.#options.length >= MAX_OPTIONS) return;
    const id = this.#nextId++;
    this.#options.push({ id, text: '' });
    this.updateAndFocus(`#poll-option-${id}`);
  }

  /** @param {number} index */
  #dropOption(index) {
    this.#options.splice(index, 1);
    const { id } = this.#options[Math.max(0, index - 1)];
    this.updateAndFocus(`#poll-option-${id}`);
  }

  #send() {
    const question = this.#question.trim();
    const options = this.#options.map(({ text }) => text.trim()).filter(Boolean);
    this.#problems = problemsOf(question, options, this.#closes);
    const [first] = Object.keys(this.#problems);
    if (first) {
      const target = first === 'options' ? '.poll-option-field input' : `#poll-${first}`;
      return this.updateAndFocus(target);
    }
    const body = {
      question,
      options,
      ...(this.#isMultiple && { multiple: true }),
      ...(this.#isPublic && { public: true }),
      ...(this.#closes && { closes_at: new Date(this.#closes).toISOString() }),
    };
    attempt(client().outbox.send({ conversation: this.conversation, kind: 'poll', body }));
    return this.close(true);
  }
}

/**
 * What is wrong with a poll, by field.
 * @param {string} question
 * @param {string[]} options
 * @param {string} closes local date and time, or empty
 * @returns {Problems}
 */
function problemsOf(question, options, closes) {
  /** @type {Problems} */
  const problems = {};
  if (!question) problems.question = t('poll.question-missing');
  if (options.length < MIN_OPTIONS) problems.options = t('poll.min-options');
  else if (new Set(options).size < options.length) problems.options = t('poll.different');
  if (closes && !(Date.parse(closes) > Date.now())) problems.closes = t('poll.future');
  return problems;
}

customElements.define('new-poll-dialog', NewPollDialog);

/**
 * Make a poll for a conversation.
 * @param {string} conversation
 * @returns {Promise<boolean>} whether it was sent
 */
export async function openNewPoll(conversation) {
  const view = new NewPollDialog();
  view.conversation = conversation;
  return Boolean(await openDialog(view));
}
