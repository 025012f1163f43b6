/**
 * The composer: the field in which a message is written. Enter sends, except during the composition
 * of characters (IME).
 */

import { client, state } from './context.js';
import { loadDraft, saveDraft } from './drafts.js';
import { Component } from './component.js';
import { openEmojiPicker } from './emoji-picker.js';
import { currentLanguage, t } from './i18n.js';
import { icon } from './icons.js';
import { MentionSuggestions } from './mentions.js';
import { MAX_LENGTH, tooLongNotice } from './too-long.js';
import { iconButton } from './widgets.js';
import { attempt } from './toasts.js';
import { h } from './vdom.js';

/** @import {OutboxEntry, User} from '../client/types.js' */

/** From this length on the number of characters left is shown. */
const WARN_FROM_LENGTH = 7_500;
/** Typing is reported as ended after this time without input. */
const TYPING_IDLE_MS = 5_000;

export class MessageComposer extends Component {
  #id = '';
  #isComposing = false;
  #length = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idleTimer;
  /** Suggestions for the mention that is being typed. @type {MentionSuggestions | null} */
  #suggestions = null;

  /** Id of the conversation to write to. @param {string} id */
  set conversation(id) {
    if (id === this.#id) return;
    this.#stopTyping();
    this.#id = id;
    this.#suggestions = null;
    this.requestUpdate();
  }

  /** Focus the text field. */
  focusInput() {
    this.#field?.focus();
  }

  /** @override */
  disconnected() {
    this.#stopTyping();
  }

  /** @override */
  dependencies() {
    return [
      this.#id,
      currentLanguage(),
      state().conversations.get(this.#id)?.left,
      this.#suggestions,
      this.#length,
    ];
  }

  /** @override */
  render() {
    if (state().conversations.get(this.#id)?.left)
      return h('p', { class: 'composer-closed' }, t('composer.left'));
    const excess = this.#length - MAX_LENGTH;
    return [
      this.#suggestions?.render((person) => this.#insertMention(person)),
      tooLongNotice(this.#field?.value ?? '', this.#length, (parts) => this.#send(parts)),
      h(
        'form',
        {
          class: 'composer',
          on: {
            submit: (/** @type {Event} */ event) => {
              event.preventDefault();
              this.#send();
            },
          },
        },
        iconButton(
          'smile',
          t('composer.emoji'),
          (event) =>
            openEmojiPicker({
              anchor: /** @type {HTMLElement} */ (event.currentTarget),
              onPick: (emoji) => this.#insert(emoji),
            }),
          { 'aria-haspopup': 'dialog' },
        ),
        this.#textarea(),
        this.#length > WARN_FROM_LENGTH &&
          excess <= 0 &&
          h(
            'span',
            { class: 'characters-left', role: 'status', title: leftText(-excess) },
            h('span', { 'aria-hidden': 'true' }, String(-excess)),
            h('span', { class: 'visually-hidden' }, leftText(-excess)),
          ),
        h(
          'button',
          {
            type: 'submit',
            class: 'send',
            'aria-label': t('composer.send'),
            title: t('composer.send'),
            disabled: !this.#length || excess > 0,
          },
          icon('up'),
        ),
      ),
    ];
  }

  /** @override */
  updated() {
    const field = this.#field;
    if (!field || field.dataset.conversation === this.#id) return;
    field.dataset.conversation = this.#id;
    const draft = loadDraft(this.#id);
    // The same text stands there if the conversation was just created: writing it again would end
    // the composition of characters.
    if (field.value !== draft) field.value = draft;
    this.#measure();
  }

  /** @returns {HTMLTextAreaElement | null} */
  get #field() {
    return this.querySelector('textarea');
  }

  #textarea() {
    const suggestions = this.#suggestions;
    return h('textarea', {
      key: 'field',
      rows: '1',
      dir: 'auto',
      'aria-label': t('composer.label'),
      placeholder: t('composer.label'),
      enterkeyhint: 'send',
      autocomplete: 'off',
      'aria-controls': suggestions ? 'mention-list' : null,
      'aria-activedescendant': suggestions ? `mention-${suggestions.selectedIndex}` : null,
      on: {
        input: () => this.#onInput(),
        keydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event),
        compositionstart: () => {
          this.#isComposing = true;
        },
        // Some browsers report the Enter key that ends a composition only after its end.
        compositionend: () =>
          setTimeout(() => {
            this.#isComposing = false;
          }),
        blur: () => this.#closeSuggestions(),
      },
    });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#isComposing || event.isComposing) return;
    if (this.#suggestions && this.#onSuggestionKey(event)) return event.preventDefault();
    // Touch keyboards have no Shift+Enter: there Enter is a new line and the button sends.
    const touch = matchMedia('(pointer: coarse)').matches;
    if (
      event.key === 'Enter' &&
      !event.shiftKey &&
      !event.altKey &&
      (!touch || event.ctrlKey || event.metaKey)
    ) {
      event.preventDefault();
      this.#send();
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key was handled by the suggestions
   */
  #onSuggestionKey({ key }) {
    const suggestions = /** @type {MentionSuggestions} */ (this.#suggestions);
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) this.#suggestions = suggestions.withSelectionMoved(step);
    else if (key === 'Enter' || key === 'Tab') this.#insertMention(suggestions.selected);
    else if (key === 'Escape') this.#suggestions = null;
    else return false;
    this.requestUpdate();
    return true;
  }

  #onInput() {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    saveDraft(this.#id, field.value);
    this.#measure();
    this.#suggestions = MentionSuggestions.forText(this.#id, field.value, field.selectionStart);
    this.requestUpdate();
    this.#reportTyping(Boolean(field.value.trim()));
  }

  /** @param {boolean} typing */
  #reportTyping(typing) {
    clearTimeout(this.#idleTimer);
    client().activity.setTyping(this.#id, typing);
    if (typing) this.#idleTimer = setTimeout(() => this.#stopTyping(), TYPING_IDLE_MS);
  }

  #stopTyping() {
    clearTimeout(this.#idleTimer);
    if (this.#id) client().activity.setTyping(this.#id, false);
  }

  #closeSuggestions() {
    if (!this.#suggestions) return;
    this.#suggestions = null;
    this.requestUpdate();
  }

  /** Grow with the text, in browsers without `field-sizing`. */
  #measure() {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    this.#length = [...field.value.trim()].length;
    this.requestUpdate();
    if (CSS.supports('field-sizing', 'content')) return;
    field.style.setProperty('height', 'auto');
    field.style.setProperty('height', `${field.scrollHeight}px`);
  }

  /** @param {User} person */
  #insertMention(person) {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    const start = this.#suggestions?.start ?? field.selectionStart;
    field.setSelectionRange(start, field.selectionStart);
    this.#suggestions = null;
    this.#insert(`@${person.handle} `);
  }

  /** @param {string} text */
  #insert(text) {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    this.#onInput();
  }

  /** @param {string[]} [parts] the text, as several messages if it is too long for one */
  #send(parts) {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    const texts = parts ?? [field.value.trim()].filter(Boolean);
    if (!texts.length || texts.some((text) => [...text].length > MAX_LENGTH)) return;
    for (const text of texts)
      attempt(client().outbox.send({ conversation: this.#id, body: { text } }));
    field.value = '';
    field.focus();
    saveDraft(this.#id, '');
    this.#stopTyping();
    this.#suggestions = null;
    this.#measure();
    this.dispatchEvent(new CustomEvent('sent', { bubbles: true }));
  }
}

/** @param {number} count */
const leftText = (count) => t('composer.characters-left', { count });

customElements.define('message-composer', MessageComposer);
