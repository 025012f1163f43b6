/**
 * The timeline: the messages of a conversation in a virtual list. Each conversation keeps its
 * scroll position.
 */

import { lowestReceipts, pendingMessages, shownLog } from '../client/store/selectors.js';
import { requestsIn, withRequests } from '../client/store/requests.js';
import { conversationOf } from '../client/store/unstarted.js';
import { client, state } from './context.js';
import { Component } from './component.js';
import { currentLanguage, t } from './i18n.js';
import { latestButton } from './latest-button.js';
import { estimateHeight, renderRow } from './message-row.js';
import { HistoryLoader } from './history-loader.js';
import { titleOf } from './widgets.js';
import { highlightRow } from './list-navigation.js';
import { replaceHash } from './router.js';
import { selectedSeqs } from './selection.js';
import { attempt, toast } from './toasts.js';
import { TimelineInput } from './timeline-input.js';
import { TimelineRowBuilder } from './timeline-rows.js';
import { UnreadDivider, lastSeqUpTo } from './unread-divider.js';
import { h } from './vdom.js';
import { MessageAnnouncer } from './live-region.js';
import { VirtualList } from './virtual-list.js';

/** @import {RowContext} from './message-bubble-types.js' */
/** @import {TimelineRow} from './timeline-rows.js' */
/** @import {Anchor} from './virtual-list.js' */

const RENDER_ONCE = [0];

/** The scroll position of each conversation. @type {Map<string, Anchor | null>} */
const scrollPositions = new Map();

export class ChatTimeline extends Component {
  /** @type {string} */
  #id = '';
  /** @type {VirtualList<TimelineRow> | null} */
  #list = null;
  /** @type {TimelineRow[]} */
  #rows = [];
  /** What the rows are rendered with. @type {RowContext} */
  #rowContext = /** @type {any} */ (null);
  #rowBuilder = new TimelineRowBuilder();
  #unreadDivider = new UnreadDivider();
  /** Seq of the message to scroll to, as soon as it is loaded. @type {number | null} */
  #target = null;
  #isPositioned = false;
  #announcer = new MessageAnnouncer();
  #historyLoader = new HistoryLoader();
  #input = new TimelineInput(
    this,
    (row) => this.#messageOf(row),
    () => this.scrollToLatest(),
  );

  /** The conversation and message to show. @param {{id: string, seq: number | null}} place */
  set place({ id, seq }) {
    const isOther = id !== this.#id;
    if (isOther) this.#switchTo(id);
    if (seq && seq !== this.#target) this.#goToMessage(id, seq);
    else if (isOther) this.#loadFirstPage();
  }

  /** @override */
  disconnected() {
    this.#saveScrollPosition();
    this.#list?.disconnect();
    this.#list = null;
    this.#id = '';
  }

  /** @override */
  dependencies() {
    const { users, outbox, requests, changes, me } = state();
    const shown = [users, outbox, requests, changes, me, currentLanguage()];
    return [this.#conversation(), ...shown, selectedSeqs(this.#id), this.#target];
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
          memo: [head?.conversation, currentLanguage()],
          'aria-label': t('timeline.label', { name: head ? titleOf(head) : '' }),
          on: this.#input.handlers,
        },
        h('div', { class: 'rows', memo: RENDER_ONCE }),
      ),
      latestButton(head?.unread ?? 0, this.#isAwayFromEnd(), () => this.scrollToLatest()),
      h('p', {
        class: 'visually-hidden',
        key: 'live-region',
        'aria-live': 'polite',
        memo: RENDER_ONCE,
      }),
    ];
  }

  /** @override */
  updated() {
    const conversation = this.#conversation();
    if (!conversation) return;
    this.#list ??= this.#createList();
    if (!ChatTimeline.isUserWatching) this.#unreadDivider.update(conversation.head);
    const { head } = conversation;
    const log = withRequests(shownLog(conversation), requestsIn(state(), this.#id));
    const me = state().me?.id ?? '';
    const reached = lowestReceipts(conversation, me);
    this.#rowContext = { conversation, reached, now: Date.now() };
    this.#rows = this.#rowBuilder.build({
      log,
      pending: pendingMessages(state(), this.#id),
      me,
      group: head.kind === 'group',
      unread: this.#unreadDivider.position,
    });
    this.#list.sticksToEnd = !log.moreAfter;
    this.#list.set(this.#rows);
    this.#input.refresh();
    // Also after a reset, after coming back to a group, and once an unknown head is known.
    if (!conversation.log.loaded && !conversation.left) this.#loadFirstPage();
    if (log.loaded && !this.#isPositioned) this.#setInitialScroll();
    if (this.#target) this.#scrollToTarget(this.#target);
    this.#announcer.announce(this.querySelector('[aria-live=polite]'), conversation, me);
    this.#onScroll();
  }

  /** Scroll to the newest message. */
  async scrollToLatest() {
    if (this.#conversation()?.log.moreAfter) await attempt(client().history.loadNewest(this.#id));
    this.#unreadDivider.clear();
    this.#list?.restoreScroll(null);
    this.requestUpdate();
  }

  /** Called after the user sent a message: remove the unread divider and scroll to the end. */
  onOwnMessageSent() {
    this.#unreadDivider.clear();
    client().activity.clearUnreadMark(this.#id);
    this.scrollToLatest();
  }

  /** Whether the user sees the page: it is visible and focused. */
  static get isUserWatching() {
    return document.visibilityState === 'visible' && document.hasFocus();
  }

  #conversation() {
    return conversationOf(state(), this.#id);
  }

  /** @param {string} id */
  #switchTo(id) {
    this.#saveScrollPosition();
    this.#id = id;
    this.#list?.clear();
    this.#isPositioned = false;
    this.#target = null;
    this.#announcer.mute();
    this.#unreadDivider.reset(this.#conversation()?.head);
    this.requestUpdate();
  }

  /** Load and show a message. @param {string} id @param {number} seq */
  async #goToMessage(id, seq) {
    this.#target = seq;
    const found = await attempt(client().open(id, seq));
    if (found) return this.requestUpdate();
    this.#target = null;
    replaceHash(id);
    if (found === false) toast(t('timeline.no-such-message'), 'error');
    return this.#loadFirstPage();
  }

  #loadFirstPage() {
    const id = this.#id;
    const isNeeded = () => id === this.#id && !state().conversations.get(id)?.log.loaded;
    this.#historyLoader.loadFirstPage(id, isNeeded);
  }

  #saveScrollPosition() {
    if (this.#id && this.#list && this.#isPositioned)
      scrollPositions.set(this.#id, this.#list.scrollPosition);
  }

  #createList() {
    const scroller = /** @type {HTMLElement} */ (this.querySelector('.scroller'));
    const content = /** @type {HTMLElement} */ (this.querySelector('.rows'));
    return new VirtualList(
      scroller,
      content,
      {
        create: (item) => renderRow(document.createElement('div'), item, this.#rowContext),
        update: (node, item) => renderRow(node, item, this.#rowContext),
        estimate: estimateHeight,
      },
      () => this.#onScroll(),
    );
  }

  /** First scroll position: the unread divider, the saved position, or the end. */
  #setInitialScroll() {
    this.#isPositioned = true;
    client().activity.clearUnreadMark(this.#id);
    this.#announcer.startAfter(this.#conversation()?.head.seq ?? 0);
    if (this.#unreadDivider.position && this.#list?.scrollToRow('unread', 0.25)) return;
    this.#list?.restoreScroll(scrollPositions.get(this.#id) ?? null);
  }

  /** @param {number} seq */
  #scrollToTarget(seq) {
    const row = this.#rows.find(
      (item) => item.kind === 'message' && 'seq' in item.message && item.message.seq === seq,
    );
    const node = row && this.#list?.scrollToRow(row.key, 0.35);
    if (!node) return;
    this.#target = null;
    replaceHash(this.#id);
    highlightRow(node);
  }

  /** After scrolling or a change: load more history and mark visible messages as read. */
  #onScroll() {
    const { log } = this.#conversation() ?? {};
    const list = this.#list;
    if (!log?.loaded || !list) return;
    this.#historyLoader.loadNearEdges(this.#id, log, list.margins, this.clientHeight);
    this.#markRead(list);
    const latest = this.querySelector('.scroll-to-latest');
    if (latest?.classList.contains('hidden') === this.#isAwayFromEnd()) this.requestUpdate();
  }

  /** @param {VirtualList<TimelineRow>} list */
  #markRead(list) {
    const visible = list.lastVisible;
    if (!ChatTimeline.isUserWatching || !visible) return;
    const seq = lastSeqUpTo(this.#rows, visible);
    if (seq) client().activity.markRead(this.#id, seq);
  }

  #isAwayFromEnd() {
    const { log } = this.#conversation() ?? {};
    return Boolean(log?.loaded && this.#list && (log.moreAfter || !this.#list.atEnd));
  }

  /** @param {HTMLElement} row */
  #messageOf(row) {
    const item = this.#rows.find((one) => one.key === row.dataset.key);
    return item?.kind === 'message' ? item.message : null;
  }
}

customElements.define('chat-timeline', ChatTimeline);
