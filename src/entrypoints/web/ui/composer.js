/**
 * The composer: where a message is written. Enter sends, but never while characters are composed.
 */

import { client, state } from './context.js';
import { draft, keepDraft } from './drafts.js';
import { View } from './element.js';
import { openEmoji } from './emoji.js';
import { spoken, t } from './i18n.js';
import { icon } from './icons.js';
import { MentionOffer, named } from './mentions.js';
import { iconButton } from './parts.js';
import { attempt } from './toasts.js';
import { h } from './view.js';

/** @import {Entry, User} from '../client/types.js' */

const LONGEST = 8_000;
/** From here on the composer says how many characters are left. */
const WARN_AT = 7_500;
/** Nobody types any more after this silence. */
const IDLE = 5_000;

export class MessageComposer extends View {
  #id = '';
  #composing = false;
  #length = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle;
  /** People offered for a mention. @type {MentionOffer | null} */
  #offer = null;

  /** @param {string} id */
  set conversation(id) {
    if (id === this.#id) return;
    this.#quiet();
    this.#id = id;
    this.#offer = null;
    this.refresh();
  }

  /** Put the cursor into the field. */
  enter() {
    this.#field?.focus();
  }

  /** @override */
  left() {
    this.#quiet();
  }

  /** @override */
  inputs() {
    return [
      this.#id,
      spoken(),
      state().conversations.get(this.#id)?.left,
      this.#offer,
      this.#length,
    ];
  }

  /** @override */
  render() {
    if (state().conversations.get(this.#id)?.left)
      return h('p', { class: 'composer-closed' }, t('composer.left'));
    const over = this.#length - LONGEST;
    return [
      this.#offer?.render((person) => this.#mention(person)),
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
            openEmoji(/** @type {HTMLElement} */ (event.currentTarget), (emoji) =>
              this.#insert(emoji),
            ),
          { 'aria-haspopup': 'dialog' },
        ),
        this.#textarea(),
        this.#length > WARN_AT &&
          h(
            'span',
            { class: `left-over${over > 0 ? ' over' : ''}`, role: 'status' },
            String(-over),
          ),
        h(
          'button',
          {
            type: 'submit',
            class: 'send',
            'aria-label': t('composer.send'),
            title: t('composer.send'),
            disabled: !this.#length || over > 0,
          },
          icon('up'),
        ),
      ),
    ];
  }

  /** @override */
  painted() {
    const field = this.#field;
    if (!field || field.dataset.conversation === this.#id) return;
    field.dataset.conversation = this.#id;
    field.value = draft(this.#id);
    this.#measure();
  }

  /** @returns {HTMLTextAreaElement | null} */
  get #field() {
    return this.querySelector('textarea');
  }

  #textarea() {
    const offer = this.#offer;
    return h('textarea', {
      key: 'field',
      rows: '1',
      dir: 'auto',
      'aria-label': t('composer.label'),
      placeholder: t('composer.label'),
      enterkeyhint: 'send',
      autocomplete: 'off',
      'aria-controls': offer ? 'mention-list' : null,
      'aria-activedescendant': offer ? `mention-${offer.at}` : null,
      on: {
        input: () => this.#typed(),
        keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
        compositionstart: () => {
          this.#composing = true;
        },
        // Some browsers report the Enter that ends a composition after its end.
        compositionend: () =>
          setTimeout(() => {
            this.#composing = false;
          }),
        blur: () => this.#close(),
      },
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#composing || event.isComposing) return;
    if (this.#offer && this.#choose(event)) return event.preventDefault();
    // A finger has no Shift key at hand: there Enter is a new line, and the button sends.
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

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list of people */
  #choose({ key }) {
    const offer = /** @type {MentionOffer} */ (this.#offer);
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) this.#offer = offer.moved(step);
    else if (key === 'Enter' || key === 'Tab') this.#mention(offer.chosen);
    else if (key === 'Escape') this.#offer = null;
    else return false;
    this.refresh();
    return true;
  }

  #typed() {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    keepDraft(this.#id, field.value);
    this.#measure();
    this.#offer = MentionOffer.of(this.#id, field.value, field.selectionStart);
    this.refresh();
    this.#signal(Boolean(field.value.trim()));
  }

  /** @param {boolean} typing */
  #signal(typing) {
    clearTimeout(this.#idle);
    client().attention.typing(this.#id, typing);
    if (typing) this.#idle = setTimeout(() => this.#quiet(), IDLE);
  }

  #quiet() {
    clearTimeout(this.#idle);
    if (this.#id) client().attention.typing(this.#id, false);
  }

  #close() {
    if (!this.#offer) return;
    this.#offer = null;
    this.refresh();
  }

  /** Grow with the text, where the browser does not do it by itself. */
  #measure() {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    this.#length = field.value.trim() ? [...field.value].length : 0;
    this.refresh();
    if (CSS.supports('field-sizing', 'content')) return;
    field.style.setProperty('height', 'auto');
    field.style.setProperty('height', `${field.scrollHeight}px`);
  }

  /** @param {User} person */
  #mention(person) {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    const start = this.#offer?.start ?? field.selectionStart;
    field.setSelectionRange(start, field.selectionStart);
    this.#offer = null;
    this.#insert(`@${person.handle} `);
  }

  /** @param {string} text */
  #insert(text) {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    this.#typed();
  }

  #send() {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    const text = field.value.trim();
    if (!text || [...text].length > LONGEST) return;
    const mentions = named(this.#id, text);
    /** @type {Pick<Entry, 'conversation' | 'body' | 'mentions'>} */
    const content = { conversation: this.#id, body: { text } };
    attempt(client().outbox.post(mentions.length ? { ...content, mentions } : content));
    field.value = '';
    keepDraft(this.#id, '');
    this.#quiet();
    this.#offer = null;
    this.#measure();
    this.dispatchEvent(new CustomEvent('spoke', { bubbles: true }));
  }
}

customElements.define('message-composer', MessageComposer);
