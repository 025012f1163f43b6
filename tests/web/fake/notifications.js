/** Notifications and push subscriptions of the fake service. */

import { ServiceRefusal, newId } from './service.js';

/** @import {FakeService} from './service.js' */

/** The initial push key; tests may change it. */
const INITIAL_KEY = 'key-1';

export class FakeNotifications {
  key = INITIAL_KEY;
  /** Notifications by user, newest first. @type {Map<string, any[]>} */
  byUser = new Map();
  /** Push subscriptions. @type {any[]} */
  subscriptions = [];
  #service;

  /** @param {FakeService} service */
  constructor(service) {
    this.#service = service;
  }

  /**
   * Post a message that mentions a user.
   * @param {string} user
   * @param {string} by
   * @param {string} conversation
   * @param {string} excerpt
   */
  mentionUser(user, by, conversation, excerpt) {
    const { seq, at } = this.#service.sendAs(by, conversation, excerpt, [user]);
    const data = { id: `${conversation}/${seq}`, kind: 'mention', conversation, seq, by, excerpt };
    this.byUser.set(user, [{ ...data, at, read: false }, ...(this.byUser.get(user) ?? [])]);
    this.#service.appendPrivate(user, 'notification.added', data);
  }

  /** @param {string} method @param {URLSearchParams} query @param {any} body @param {string} who */
  notifications(method, query, body, who) {
    const all = this.byUser.get(who) ?? [];
    if (method === 'PUT') return this.#markRead(who, all, body);
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit'));
    return {
      notifications: all.slice(start, end),
      ...(end < all.length && { next: String(end) }),
    };
  }

  /** @param {string} who @param {any[]} all @param {any} body */
  #markRead(who, all, { ids, all: every }) {
    const unread = all.filter(({ id, read }) => !read && (every || ids.includes(id)));
    for (const notification of unread) notification.read = true;
    const data = every ? { all: true } : { ids: unread.map(({ id }) => id) };
    if (unread.length) this.#service.appendPrivate(who, 'notification.read', data);
  }

  /** @param {string} method @param {string | undefined} id @param {any} body */
  pushSubscriptions(method, id, body) {
    if (method === 'GET') return { subscriptions: this.subscriptions };
    if (method === 'POST') {
      const others = this.subscriptions.filter(({ endpoint }) => endpoint !== body.endpoint);
      this.subscriptions = [...others, { ...body, id: newId() }];
      return this.subscriptions.at(-1);
    }
    const left = this.subscriptions.filter((one) => one.id !== id);
    if (left.length === this.subscriptions.length) throw new ServiceRefusal(404, 'not_found');
    this.subscriptions = left;
    return undefined;
  }
}
