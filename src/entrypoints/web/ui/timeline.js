/**
 * The timeline: the messages of a conversation, however many, with the place of each reader kept.
 */

import { floor, pending } from '../client/store/select.js';
import { client, state } from './context.js';
import { View } from './element.js';
import { spoken, t } from './i18n.js';
import { latestButton } from './latest-button.js';
import { dressRow, messageMenu } from './message-row.js';
import { Paging } from './paging.js';
import { titleOf } from './parts.js';
import { focusedRow, rowUnder, walkRows } from './row-focus.js';
import { settle } from './router.js';
import { attempt, toast } from './toasts.js';
import { Rows, estimate } from './timeline-items.js';
import { UnreadLine } from './unread-line.js';
import { h } from './view.js';
import { Voice } from './voice.js';
import { Windowed } from './windowed.js';

/** @import {Setting} from './message-row.js' */
/** @import {Item} from './timeline-items.js' */
/** @import {Anchor} from './windowed.js' */

const ONCE = [0];
const HIGHLIGHT_LASTS = 2_000;

/** Where each conversation was left. @type {Map<string, Anchor | null>} */
const places = new Map();

export class ChatTimeline extends View {
  /** @type {string} */
  #id = '';
  /** @type {Windowed<Item> | null} */
  #list = null;
  /** @type {Item[]} */
  #items = [];
  /** What the rows are painted with. @type {Setting} */
  #setting = /** @type {any} */ (null);
  #rows = new Rows();
  #line = new UnreadLine();
  /** A message to go to, once it is there. @type {number | null} */
  #target = null;
  #arrived = false;
  #voice = new Voice();
  #paging = new Paging();

  /** @param {{id: string, seq: number | null}} place */
  set place({ id, seq }) {
    const other = id !== this.#id;
    if (other) this.#enter(id);
    if (seq && seq !== this.#target) this.#seek(id, seq);
    else if (other) this.#load();
  }

  /** @override */
  left() {
    this.#keepPlace();
    this.#list?.end();
    this.#list = null;
    this.#id = '';
  }

  /** @override */
  inputs() {
    const { users, outbox, me } = state();
    return [this.#conversation(), users, outbox, me, spoken(), this.#target];
  }

  /** @override */
  render() {
    const head = this.#conversation()?.head;
    return [
      h(
        'div',
        {
          class: 'scroller',
          key: 'scroller',
          tabindex: '0',
          role: 'log',
          'aria-live': 'off',
          skip: [head?.conversation, spoken()],
          'aria-label': t('timeline.label', { name: head ? titleOf(head) : '' }),
          on: {
            keydown: (/** @type {KeyboardEvent} */ event) => this.#keys(event),
            contextmenu: (/** @type {MouseEvent} */ event) => this.#context(event),
          },
        },
        h('div', { class: 'rows', skip: ONCE }),
      ),
      latestButton(head?.unread ?? 0, this.#isAway(), () => this.toLatest()),
      h('p', { class: 'visually-hidden', key: 'voice', 'aria-live': 'polite', skip: ONCE }),
    ];
  }

  /** @override */
  painted() {
    const conversation = this.#conversation();
    if (!conversation) return;
    this.#list ??= this.#begin();
    if (!ChatTimeline.attentive) this.#line.draw(conversation.head);
    const { log, head } = conversation;
    const me = state().me?.id ?? '';
    this.#setting = { conversation, reached: floor(conversation), now: Date.now() };
    this.#items = this.#rows.make({
      log,
      pending: pending(state(), this.#id),
      me,
      group: head.kind === 'group',
      unread: this.#line.place,
    });
    this.#list.follows = !log.moreAfter;
    this.#list.set(this.#items);
    if (log.loaded && !this.#arrived) this.#settle();
    if (this.#target) this.#reach(this.#target);
    this.#voice.tell(this.querySelector('[aria-live=polite]'), conversation, me);
    this.#moved();
  }

  /** Go to the newest message. */
  async toLatest() {
    if (this.#conversation()?.log.moreAfter) await attempt(client().history.newest(this.#id));
    this.#line.clear();
    this.#list?.restore(null);
    this.refresh();
  }

  /** The user spoke: what was unread is read, and the view follows. */
  spoke() {
    this.#line.clear();
    client().attention.unmark(this.#id);
    this.toLatest();
  }

  /** Whether the user sees what stands here: the window is visible and has the focus. */
  static get attentive() {
    return document.visibilityState === 'visible' && document.hasFocus();
  }

  #conversation() {
    return state().conversations.get(this.#id);
  }

  /** @param {string} id */
  #enter(id) {
    this.#keepPlace();
    this.#id = id;
    this.#list?.clear();
    this.#arrived = false;
    this.#target = null;
    this.#voice.hush();
    this.#line.enter(this.#conversation()?.head);
    this.refresh();
  }

  /** Go to a message, wherever it is. @param {string} id @param {number} seq */
  async #seek(id, seq) {
    this.#target = seq;
    const found = await attempt(client().open(id, seq));
    if (found) return this.refresh();
    this.#target = null;
    settle(id);
    if (found === false) toast(t('timeline.no-such-message'), 'bad');
    return this.#load();
  }

  #load() {
    const id = this.#id;
    this.#paging.open(id, () => id === this.#id && !this.#conversation()?.log.loaded);
  }

  #keepPlace() {
    if (this.#id && this.#list && this.#arrived) places.set(this.#id, this.#list.place);
  }

  #begin() {
    const scroller = /** @type {HTMLElement} */ (this.querySelector('.scroller'));
    const content = /** @type {HTMLElement} */ (this.querySelector('.rows'));
    return new Windowed(
      scroller,
      content,
      {
        create: (item) => dressRow(document.createElement('div'), item, this.#setting),
        update: (node, item) => dressRow(node, item, this.#setting),
        estimate,
      },
      () => this.#moved(),
    );
  }

  /** The first picture of a conversation: at the unread line, where it was left, or at the end. */
  #settle() {
    this.#arrived = true;
    client().attention.unmark(this.#id);
    this.#voice.begin(this.#conversation()?.head.seq ?? 0);
    if (this.#line.place && this.#list?.reveal('unread', 0.25)) return;
    this.#list?.restore(places.get(this.#id) ?? null);
  }

  /** @param {number} seq */
  #reach(seq) {
    const row = this.#items.find(
      (item) => item.kind === 'message' && 'seq' in item.message && item.message.seq === seq,
    );
    const node = row && this.#list?.reveal(row.key, 0.35);
    if (!node) return;
    this.#target = null;
    settle(this.#id);
    node.classList.add('highlight');
    node.focus({ preventScroll: true });
    setTimeout(() => node.classList.remove('highlight'), HIGHLIGHT_LASTS);
  }

  /** The view moved, or what it shows: fetch history in time, and note what was read. */
  #moved() {
    const { log } = this.#conversation() ?? {};
    const list = this.#list;
    if (!log?.loaded || !list) return;
    this.#paging.look(this.#id, log, list.margins, this.clientHeight);
    this.#markRead(list);
    const latest = this.querySelector('.latest');
    if (latest?.classList.contains('hidden') === this.#isAway()) this.refresh();
  }

  /** @param {Windowed<Item>} list */
  #markRead(list) {
    const visible = list.lastVisible;
    if (!ChatTimeline.attentive || !visible) return;
    for (let index = this.#items.indexOf(visible); index >= 0; index--) {
      const item = this.#items[index];
      if (item.kind !== 'message' || item.own || !('seq' in item.message)) continue;
      return client().attention.read(this.#id, item.message.seq);
    }
  }

  #isAway() {
    const { log } = this.#conversation() ?? {};
    return Boolean(log?.loaded && this.#list && (log.moreAfter || !this.#list.atEnd));
  }

  /** @param {KeyboardEvent} event */
  #keys(event) {
    const row = focusedRow(this);
    if (event.key === 'End') this.toLatest();
    else if (row && event.target === row && (event.key === 'Enter' || event.key === ' '))
      this.#menu(row);
    else if (!walkRows(this, event)) return;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  #context(event) {
    const row = rowUnder(event);
    if (!row) return;
    event.preventDefault();
    this.#menu(row);
  }

  /** @param {HTMLElement} row */
  #menu(row) {
    const item = this.#items.find((one) => one.key === row.dataset.key);
    if (item?.kind === 'message')
      messageMenu(/** @type {HTMLElement} */ (row.querySelector('.bubble')), item.message);
  }
}

customElements.define('chat-timeline', ChatTimeline);
