/** Who reacted to a message: all, or with one emoji. */

import { presentMessage } from '../../client/store/changes.js';
import { client, state } from '../context.js';
import { formatBadge, t } from '../i18n.js';
import { attempt } from '../toasts.js';
import { avatar, button, isolatedText, nameOf } from '../widgets.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {LoggedMessage} from '../../client/types.js' */

const PER_PAGE = 50;

class ReactionsDialog extends DialogView {
  /** @type {LoggedMessage} */
  message = /** @type {any} */ (null);
  /** Which emoji is shown; null for all. @type {string | null} */
  #emoji = null;
  /** @type {{user: string, emoji: string}[]} */
  #people = [];
  /** @type {string | undefined} */
  #next;
  #isLoading = false;
  /** Increased with each list that is loaded anew. */
  #round = 0;

  /** Show those who reacted with one emoji, or everybody. @param {string | null} emoji */
  async show(emoji) {
    this.#emoji = emoji;
    this.#people = [];
    this.#next = undefined;
    await this.#load(++this.#round);
  }

  /** @param {number} round */
  async #load(round) {
    this.#isLoading = true;
    this.requestUpdate();
    const { conversation, seq } = this.message;
    const query = { emoji: this.#emoji ?? undefined, cursor: this.#next, limit: PER_PAGE };
    const page = await attempt(client().api.messages.listReactions(conversation, seq, query));
    if (round !== this.#round) return;
    this.#isLoading = false;
    this.#people.push(...(page?.reactions ?? []));
    this.#next = page?.next;
    client().directory.ensureLoaded(this.#people.map(({ user }) => user));
    this.requestUpdate();
  }

  /** The message as it is now. */
  get #present() {
    return presentMessage(state(), this.message);
  }

  /** @override */
  render() {
    const { reactions = [] } = this.#present;
    const total = reactions.reduce((sum, { count }) => sum + count, 0);
    return this.layout(
      t('reactions.title'),
      h(
        'div',
        { class: 'reaction-tabs', role: 'group', 'aria-label': t('reactions.filter') },
        this.#tab(null, t('reactions.all'), total),
        reactions.map(({ emoji, count }) => this.#tab(emoji, emoji, count)),
      ),
      h(
        'ul',
        { class: 'list people', role: 'list', 'aria-label': t('reactions.title') },
        this.#people.map(({ user, emoji }) => this.#person(user, emoji)),
      ),
      h(
        'p',
        { class: 'secondary', role: 'status' },
        this.#isLoading ? t('timeline.loading') : !this.#people.length && t('reactions.none'),
      ),
      this.#next &&
        !this.#isLoading &&
        button(t('dialog.more'), () => this.#load(this.#round), { key: 'more' }),
    );
  }

  /** @param {string | null} emoji @param {string} label @param {number} count */
  #tab(emoji, label, count) {
    return h(
      'button',
      {
        type: 'button',
        class: 'reaction',
        key: label,
        'aria-pressed': String(emoji === this.#emoji),
        on: { click: () => this.show(emoji) },
      },
      h('span', { class: emoji && 'reaction-emoji' }, label),
      h('span', { class: 'reaction-count' }, formatBadge(count)),
    );
  }

  /** @param {string} user @param {string} emoji */
  #person(user, emoji) {
    const handle = state().users.get(user)?.handle;
    return h(
      'li',
      { key: `${user} ${emoji}`, class: 'entry static reacted' },
      avatar(user, nameOf(user)),
      h('span', { class: 'entry-top' }, isolatedText(nameOf(user), 'entry-title')),
      h(
        'span',
        { class: 'entry-bottom' },
        h('span', { class: 'entry-preview' }, handle && `@${handle}`),
      ),
      h('span', { class: 'reaction-emoji reacted-with' }, emoji),
    );
  }
}

customElements.define('reactions-dialog', ReactionsDialog);

/**
 * Show who reacted to a message.
 * @param {LoggedMessage} message
 * @param {string | null} [emoji] only with this one
 */
export function openReactions(message, emoji = null) {
  const view = new ReactionsDialog();
  view.message = message;
  view.show(emoji);
  return openDialog(view);
}
