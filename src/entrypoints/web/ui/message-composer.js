/**
 * The composer: the field in which a message is written. Enter sends, except during the composition
 * of characters (IME).
 */

import { client, state } from './context.js';
import { composerContext } from './composer-context.js';
import { ComposerDraft } from './composer-draft.js';
import { composerTools } from './composer-tools.js';
import { composing, keepEditedText, stopComposing } from './composing.js';
import { Component } from './component.js';
import { emojiSuggestions, replaceCode } from './emoji-codes.js';
import './format-toolbar.js';
import { currentLanguage, t } from './i18n.js';
import { icon } from './icons.js';
import { mentionSuggestions } from './mentions.js';
import { editLast, sendTexts } from './message-composing.js';
import { MAX_LENGTH, charactersLeft, tooLongNotice } from './too-long.js';
import { TypingReporter } from './typing-reporter.js';
import { h } from './vdom.js';

/** @import {Suggestion, Suggestions} from './suggestions.js' */

export class MessageComposer extends Component {
  #id = '';
  #isComposing = false;
  #length = 0;
  #typing = new TypingReporter();
  #draft = new ComposerDraft();
  /** Suggestions for the mention or emoji that is being typed. @type {Suggestions | null} */
  #suggestions = null;

  /** Id of the conversation to write to. @param {string} id */
  set conversation(id) {
    if (id === this.#id) return;
    this.#typing.switchTo(id);
    client().drafts.flush();
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
    this.#typing.stop();
    client().drafts.flush();
  }

  /** @override */
  dependencies() {
    return [
      this.#id,
      currentLanguage(),
      state().conversations.get(this.#id),
      composing(this.#id),
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
      this.#suggestions?.render((item) => this.#complete(item)),
      composerContext(this.#id, () => this.#leave()),
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
        composerTools(this.#id, (emoji) => this.#insert(emoji)),
        h('format-toolbar', { key: 'format' }),
        this.#textarea(),
        charactersLeft(this.#length),
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
    if (!field) return;
    const about = composing(this.#id);
    const edit = about?.kind === 'edit' ? about : null;
    const place = edit ? `${this.#id}/${edit.seq}` : this.#id;
    const isOther = field.dataset.place !== place;
    if (edit) {
      if (isOther) this.#fill(field, place, edit.text);
      return;
    }
    const isBusy = this.#isComposing && !isOther;
    const text = isBusy ? null : this.#draft.follow(this.#id, field.value, isOther);
    if (text !== null) this.#fill(field, place, text);
  }

  /** @param {HTMLTextAreaElement} field @param {string} place @param {string} text */
  #fill(field, place, text) {
    field.dataset.place = place;
    // The same text stands there if the conversation was just created: writing it again would end
    // the composition of characters.
    if (field.value !== text) field.value = text;
    this.#measure();
  }

  /** @returns {HTMLTextAreaElement | null} */
  get #field() {
    return this.querySelector('textarea');
  }

  #textarea() {
    return h('textarea', {
      key: 'field',
      rows: '1',
      dir: 'auto',
      'aria-label': t('composer.label'),
      placeholder: t('composer.label'),
      enterkeyhint: 'send',
      autocomplete: 'off',
      ...this.#suggestions?.fieldProps,
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
        blur: () => {
          this.#show(null);
          client().drafts.flush();
        },
      },
    });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#isComposing || event.isComposing) return;
    const next = this.#suggestions?.afterKey(event.key, (item) => this.#complete(item));
    if (next !== undefined) {
      this.#show(next);
      return event.preventDefault();
    }
    if (this.#onContextKey(event.key)) return event.preventDefault();
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
   * Escape leaves a reply or an edit; Up in an empty composer edits the last own message.
   * @param {string} key
   * @returns {boolean} whether the key was handled
   */
  #onContextKey(key) {
    if (key === 'Escape' && composing(this.#id)) this.#leave();
    else return key === 'ArrowUp' && !this.#field?.value && editLast(this.#id);
    return true;
  }

  /** Leave a reply or an edit. What was typed for a new message comes back. */
  #leave() {
    stopComposing(this.#id);
    this.focusInput();
  }

  #onInput() {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    replaceCode(field);
    this.#keep(field.value);
    this.#measure();
    this.#suggest();
    this.#typing.report(Boolean(field.value.trim()));
  }

  #suggest() {
    const { value, selectionStart } = /** @type {HTMLTextAreaElement} */ (this.#field);
    this.#show(
      mentionSuggestions(this.#id, value, selectionStart) ??
        emojiSuggestions(value, selectionStart, () => this.#field && this.#suggest()),
    );
  }

  /** Keep what was typed: as a draft, or with the edit. @param {string} text */
  #keep(text) {
    if (composing(this.#id)?.kind === 'edit') keepEditedText(this.#id, text);
    else this.#draft.keep(this.#id, text);
  }

  /** @param {Suggestions | null} suggestions */
  #show(suggestions) {
    if (this.#suggestions === suggestions) return;
    this.#suggestions = suggestions;
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

  /** @param {Suggestion} item */
  #complete({ text, onPick }) {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    const start = this.#suggestions?.start ?? field.selectionStart;
    field.setSelectionRange(start, field.selectionStart);
    this.#suggestions = null;
    onPick?.();
    this.#insert(text);
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
    if (composing(this.#id)?.kind !== 'edit') this.#draft.keep(this.#id, '');
    sendTexts(this.#id, texts);
    field.value = '';
    field.focus();
    this.#typing.stop();
    this.#suggestions = null;
    this.#measure();
    this.dispatchEvent(new CustomEvent('sent', { bubbles: true }));
  }
}

customElements.define('message-composer', MessageComposer);
