/** Forwards messages: to whom, one by one or as one message, and with which comment. */

import { sortedConversations } from '../../client/store/selectors.js';
import { peerOfUnstarted } from '../../client/store/unstarted.js';
import { foldCase } from '../../client/text.js';
import { client, state } from '../context.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { MAX_LENGTH } from '../too-long.js';
import { clearSelection } from '../selection.js';
import { attempt, toast } from '../toasts.js';
import { button, conversationAvatar, isolatedText, titleOf } from '../widgets.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {Conversation, LoggedMessage} from '../../client/types.js' */

/** More conversations than this are found by search. */
const MAX_SHOWN = 50;
const MAX_TARGETS = 20;

class ForwardDialog extends DialogView {
  /** Messages of one conversation, oldest first. @type {LoggedMessage[]} */
  messages = [];
  #query = '';
  #comment = '';
  #isMerged = false;
  /** Ids of the conversations that get the messages. @type {ReadonlySet<string>} */
  #targets = new Set();

  /** @override */
  render() {
    const count = this.messages.length;
    return this.layout(
      t('forward.title', { count }),
      this.#search(),
      this.#targets.size > 0 && this.#chosen(),
      this.#list(),
      count > 1 && this.#mode(),
      h('textarea', {
        key: 'comment',
        class: 'forward-comment',
        rows: '1',
        dir: 'auto',
        maxlength: String(MAX_LENGTH),
        'aria-label': t('forward.comment'),
        placeholder: t('forward.comment'),
        on: {
          input: (/** @type {any} */ { target }) => {
            this.#comment = target.value;
          },
        },
      }),
      h(
        'div',
        { class: 'modal-actions', key: 'actions' },
        button(t('dialog.cancel'), () => this.close()),
        button(t('message.forward'), () => this.#forward(), {
          class: 'primary',
          disabled: !this.#targets.size,
        }),
      ),
    );
  }

  #search() {
    return h(
      'div',
      { class: 'search', key: 'search' },
      icon('search'),
      h('input', {
        type: 'search',
        autofocus: true,
        autocomplete: 'off',
        spellcheck: 'false',
        placeholder: t('forward.search'),
        'aria-label': t('forward.search'),
        on: {
          input: (/** @type {any} */ { target }) => {
            this.#query = target.value;
            this.requestUpdate();
          },
        },
      }),
    );
  }

  #chosen() {
    const chosen = sortedConversations(state()).filter(({ head }) =>
      this.#targets.has(head.conversation),
    );
    return h(
      'ul',
      { class: 'selected-people', key: 'chosen', 'aria-label': t('forward.chosen') },
      chosen.map(({ head }) =>
        h(
          'li',
          { key: head.conversation },
          h(
            'button',
            {
              type: 'button',
              class: 'chip',
              'aria-label': t('people.drop', { name: titleOf(head) }),
              on: { click: () => this.#toggle(head.conversation) },
            },
            isolatedText(titleOf(head)),
            icon('close'),
          ),
        ),
      ),
    );
  }

  #list() {
    const query = foldCase(this.#query.trim());
    const found = sortedConversations(state())
      .filter(({ head }) => peerOfUnstarted(head.conversation) === null)
      .filter(({ head }) => foldCase(titleOf(head)).includes(query))
      .slice(0, MAX_SHOWN);
    return h(
      'div',
      { key: 'targets', class: 'forward-targets' },
      h(
        'ul',
        { class: 'list', role: 'list', 'aria-label': t('list.label') },
        found.map((conversation) => this.#target(conversation)),
      ),
      !found.length && h('p', { class: 'secondary', role: 'status' }, t('forward.none')),
    );
  }

  /** @param {Conversation} conversation */
  #target({ head }) {
    const isChosen = this.#targets.has(head.conversation);
    return h(
      'li',
      { key: head.conversation },
      h(
        'button',
        {
          type: 'button',
          class: 'entry',
          'aria-pressed': String(isChosen),
          on: { click: () => this.#toggle(head.conversation) },
        },
        conversationAvatar(head),
        h(
          'span',
          { class: 'entry-top' },
          isolatedText(titleOf(head), 'entry-title'),
          isChosen && icon('check'),
        ),
        h(
          'span',
          { class: 'entry-bottom' },
          h(
            'span',
            { class: 'entry-preview' },
            head.kind === 'group'
              ? t('room.members', { count: head.members })
              : `@${state().users.get(head.peer ?? '')?.handle ?? ''}`,
          ),
        ),
      ),
    );
  }

  #mode() {
    const choice = (/** @type {boolean} */ isMerged) =>
      h(
        'label',
        { class: 'forward-mode', key: String(isMerged) },
        h('input', {
          type: 'radio',
          name: 'forward-mode',
          set: { checked: this.#isMerged === isMerged },
          on: {
            change: () => {
              this.#isMerged = isMerged;
            },
          },
        }),
        t(isMerged ? 'forward.merged' : 'forward.single'),
      );
    return h(
      'fieldset',
      { class: 'forward-modes', key: 'mode' },
      h('legend', { class: 'visually-hidden' }, t('forward.mode')),
      choice(false),
      choice(true),
    );
  }

  /** @param {string} id */
  #toggle(id) {
    const targets = new Set(this.#targets);
    if (!targets.delete(id)) targets.add(id);
    if (targets.size > MAX_TARGETS)
      return toast(t('forward.too-many', { count: MAX_TARGETS }), 'error');
    this.#targets = targets;
    return this.requestUpdate();
  }

  /** The comment comes first, as it says what follows. */
  #forward() {
    const { outbox } = client();
    const [{ conversation: from }] = this.messages;
    const seqs = this.messages.map(({ seq }) => seq);
    const merged = this.#isMerged && seqs.length > 1;
    const text = this.#comment.trim();
    for (const id of this.#targets) {
      if (text) attempt(outbox.send({ conversation: id, body: { text } }));
      attempt(outbox.request(id, { type: 'message.forward', from, seqs, merged }));
    }
    const isOnline = state().connection.phase === 'online';
    toast(t(isOnline ? 'forward.done' : 'forward.waiting', { count: this.#targets.size }));
    clearSelection();
    this.close();
  }
}

customElements.define('forward-dialog', ForwardDialog);

/**
 * Choose where to forward messages.
 * @param {LoggedMessage[]} messages of one conversation, oldest first
 */
export function openForward(messages) {
  const view = new ForwardDialog();
  view.messages = messages;
  return openDialog(view);
}
