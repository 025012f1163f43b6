/** What the service in memory keeps of notifications and of browsers that are pushed to. */

import { Refusal, newId } from './world.js';

/** @import {World} from './world.js' */

/** Key of the service; a test may give it another. */
const KEY = 'key-1';

export class Bell {
  key = KEY;
  /** Notifications by user, the last first. @type {Map<string, any[]>} */
  kept = new Map();
  /** Browsers that are pushed to. @type {any[]} */
  subscriptions = [];
  #world;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
  }

  /**
   * Somebody mentions a user.
   * @param {string} user
   * @param {string} by
   * @param {string} conversation
   * @param {string} excerpt
   */
  mention(user, by, conversation, excerpt) {
    const { seq, at } = this.#world.say(by, conversation, excerpt, [user]);
    const data = { id: `${conversation}/${seq}`, kind: 'mention', conversation, seq, by, excerpt };
    this.kept.set(user, [{ ...data, at, read: false }, ...(this.kept.get(user) ?? [])]);
    this.#world.tell(user, 'notification.added', data);
  }

  /** @param {string} method @param {URLSearchParams} query @param {any} body @param {string} who */
  notifications(method, query, body, who) {
    const all = this.kept.get(who) ?? [];
    if (method === 'PUT') return this.#mark(who, all, body);
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit'));
    return {
      notifications: all.slice(start, end),
      ...(end < all.length && { next: String(end) }),
    };
  }

  /** @param {string} who @param {any[]} all @param {any} body */
  #mark(who, all, { ids, all: every }) {
    const unread = all.filter(({ id, read }) => !read && (every || ids.includes(id)));
    for (const notification of unread) notification.read = true;
    const data = every ? { all: true } : { ids: unread.map(({ id }) => id) };
    if (unread.length) this.#world.tell(who, 'notification.read', data);
  }

  /** @param {string} method @param {string | undefined} id @param {any} body */
  pushes(method, id, body) {
    if (method === 'GET') return { subscriptions: this.subscriptions };
    if (method === 'POST') {
      const others = this.subscriptions.filter(({ endpoint }) => endpoint !== body.endpoint);
      this.subscriptions = [...others, { ...body, id: newId() }];
      return this.subscriptions.at(-1);
    }
    const left = this.subscriptions.filter((one) => one.id !== id);
    if (left.length === this.subscriptions.length) throw new Refusal(404, 'not_found');
    this.subscriptions = left;
    return undefined;
  }
}
