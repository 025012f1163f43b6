/**
 * The notification centre: loads pages of notifications and marks them as read. Marks made while
 * offline are sent after the next welcome.
 */

import { rethrowUnexpected } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {Catchup} from './catchup.js' */
/** @import {Frame, NotificationItem, State} from './types.js' */
/**
 * @typedef {object} NotificationsDependencies
 * @property {Api} api
 * @property {Pick<Catchup, 'fetchHead'>} catchup
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */

const PER_PAGE = 50;
const MAX_IDS_PER_CALL = 100;

/**
 * Notifications that this client created itself have no seq and are unknown to the service.
 * @param {NotificationItem} item
 */
const isStoredByService = ({ seq }) => seq !== undefined;

export class Notifications {
  #dependencies;
  /** Ids whose read mark was not sent yet. @type {Set<string>} */
  #unsentIds = new Set();
  #unsentAll = false;
  /** @type {Promise<void> | null} */
  #loading = null;

  /** @param {NotificationsDependencies} dependencies */
  constructor(dependencies) {
    this.#dependencies = dependencies;
  }

  /** Reload the notifications when the private log was reset. @param {Frame} frame */
  onFrame(frame) {
    if (frame.type === 'private-events' && frame.reset) this.load().catch(rethrowUnexpected);
  }

  /** After a reconnect: load the first page if there is none, and send the pending marks. */
  async onReconnect() {
    try {
      if (this.#dependencies.state().notificationsCursor === undefined) await this.load();
      await this.#sendMarks();
    } catch (error) {
      rethrowUnexpected(error);
    }
  }

  /** Load the newest page. @returns {Promise<void>} */
  load() {
    return this.#loadPage(null);
  }

  /** Load the next page, if there is one. @returns {Promise<void>} */
  loadMore() {
    const { notificationsCursor: next } = this.#dependencies.state();
    return next ? this.#loadPage(next) : Promise.resolve();
  }

  /** Mark notifications as read, here and at the service. @param {string[]} ids */
  markRead(ids) {
    const stored = this.#dependencies
      .state()
      .notifications.filter((notice) => !notice.read && isStoredByService(notice));
    for (const { id } of stored) if (ids.includes(id)) this.#unsentIds.add(id);
    this.#dependencies.dispatch({ type: 'notifications-read', ids });
    this.#sendMarks().catch(rethrowUnexpected);
  }

  /** Mark all notifications as read, including those that are not loaded. */
  markAllRead() {
    this.#unsentAll = true;
    this.#dependencies.dispatch({ type: 'notifications-read' });
    this.#sendMarks().catch(rethrowUnexpected);
  }

  /**
   * Mark the notification "you were added" of a conversation as read, when it is opened.
   * @param {string} id
   */
  markInvitationRead(id) {
    const invitations = this.#dependencies
      .state()
      .notifications.filter(
        (notice) => notice.conversation === id && notice.kind === 'joined' && !notice.read,
      );
    if (invitations.length) this.markRead(invitations.map((notice) => notice.id));
  }

  /** Forget pending marks, when the user logs out. */
  reset() {
    this.#unsentIds.clear();
    this.#unsentAll = false;
  }

  /**
   * Load a page, one at a time.
   * @param {string | null} cursor
   * @returns {Promise<void>}
   */
  #loadPage(cursor) {
    this.#loading ??= this.#fetchPage(cursor).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** @param {string | null} cursor */
  async #fetchPage(cursor) {
    const { api, catchup, dispatch, state } = this.#dependencies;
    const page = await api.listNotifications(cursor, PER_PAGE);
    dispatch({ type: 'notifications', ...page });
    const { conversations } = state();
    const mentionedConversations = new Set(
      page.notifications.map((notice) => notice.conversation),
    );
    for (const id of mentionedConversations)
      if (id && !conversations.has(id)) catchup.fetchHead(id);
  }

  async #sendMarks() {
    const { api } = this.#dependencies;
    if (this.#unsentAll) {
      await api.markNotificationsRead({ all: true });
      this.reset();
    }
    while (this.#unsentIds.size) {
      const ids = [...this.#unsentIds].slice(0, MAX_IDS_PER_CALL);
      await api.markNotificationsRead({ ids });
      for (const id of ids) this.#unsentIds.delete(id);
    }
  }
}
