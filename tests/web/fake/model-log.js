/**
 * A model of one conversation for tests of the store: its log, its messages as they are now, and what
 * the service shows of them.
 */

const AT = '2026-01-02T03:04:05.000000Z';

export class ModelLog {
  /** Live frames, each with the state at its commit. @type {any[]} */
  live = [];
  /** @type {any[]} */
  #messages = [];

  /** @param {string} by @param {string} text @param {string[]} [mentions] @param {number} [replyTo] */
  post(by, text, mentions = [], replyTo) {
    const seq = this.#messages.length + 1;
    const named = mentions.length ? { mentions } : {};
    const reply = replyTo ? { reply_to: replyTo } : {};
    const data = { kind: 'text', body: { text }, ...reply, ...named, revision: 1 };
    const event = this.#append(by, 'message.posted', data, { seq, key: `k${seq}` });
    const { offset } = event;
    this.#messages.push({
      ...{ conversation: 'talk', seq, offset, by, at: AT, key: `k${seq}` },
      ...data,
    });
  }

  /** @param {number} seq @param {string} text @param {string[]} [mentions] */
  edit(seq, text, mentions = []) {
    const { mentions: _, ...before } = this.#messages[seq - 1];
    const revision = before.revision + 1;
    const named = mentions.length ? { mentions } : {};
    const content = { kind: 'text', body: { text }, ...named, revision, edited_at: AT };
    this.#messages[seq - 1] = { ...before, ...content };
    this.#append(before.by, 'message.edited', { seq, ...content });
  }

  /** @param {number} seq @param {string} by */
  recall(seq, by) {
    const { conversation, offset, by: sender, at, key, revision } = this.#messages[seq - 1];
    const kept = { conversation, seq, offset, by: sender, at, key, revision };
    this.#messages[seq - 1] = { ...kept, kind: '', body: {}, recalled: { by, at: AT } };
    this.#append(by, 'message.recalled', { seq });
  }

  /** Do something at random. @param {() => number} random from 0 to 1 */
  change(random) {
    const people = ['ada', 'bob', 'eve'];
    const by = people[Math.floor(random() * people.length)];
    const open = this.#messages.filter(({ recalled }) => !recalled);
    const target = open[Math.floor(random() * open.length)];
    const mentions = random() < 0.3 ? ['ada'] : [];
    const kind = random();
    if (!target || kind < 0.5) this.post(by, `text ${this.live.length}`, mentions);
    else if (kind < 0.8) this.edit(target.seq, `edit ${this.live.length}`, mentions);
    else this.recall(target.seq, by);
  }

  /** The frame of a page from a seq on. */
  page(from = 1) {
    const messages = structuredClone(this.#messages.filter(({ seq }) => seq >= from));
    const asOf = this.live.length;
    return {
      ...{ type: 'page', conversation: 'talk' },
      page: {
        ...{ place: 'newest', base: asOf, as_of: asOf, messages },
        ...{ more_before: from > 1, more_after: false },
      },
    };
  }

  /** @param {number[]} seqs */
  messagesOf(seqs) {
    const messages = this.#messages.filter(({ seq }) => seqs.includes(seq));
    return { messages: structuredClone(messages), as_of: this.live.length };
  }

  /** What a device kept of the conversation. */
  keptLog() {
    const messages = this.#messages.map((message) => ({ ...message, time: Date.parse(AT) }));
    return { conversation: 'talk', offset: this.live.length, messages, systemMessages: [] };
  }

  /** The events after an offset, which show the messages as they are now. @param {number} after */
  synced(after) {
    const events = this.live.slice(after).map((event) => {
      const seq = event.seq ?? event.data.seq;
      const { kind, body, mentions, reply_to, revision, edited_at, recalled } =
        this.#messages[seq - 1];
      if (event.kind === 'message.recalled') return event;
      const shown = { kind, body, mentions, revision, edited_at, recalled };
      const data = event.kind === 'message.edited' ? { seq, ...shown } : { ...shown, reply_to };
      return { ...event, data: JSON.parse(JSON.stringify(data)) };
    });
    return { type: 'events', conversation: 'talk', events };
  }

  /** The head as it is now. @param {string} user */
  headFor(user) {
    const unread = this.#messages.filter(({ by, recalled }) => by !== user && !recalled);
    const mentions = unread.filter((message) => message.mentions?.includes(user));
    const last = this.#messages.at(-1);
    return {
      ...{ conversation: 'talk', kind: 'group', title: 'Talk', members: 3, pinned: false },
      ...{ seq: this.#messages.length, offset: this.live.length, read: 0, received: 0 },
      ...{ unread: unread.length, mentions: mentions.length },
      last: last && {
        ...{ seq: last.seq, by: last.by, at: AT },
        ...(last.recalled
          ? { kind: '', excerpt: '', recalled: true }
          : { kind: 'text', excerpt: last.body.text }),
      },
    };
  }

  /** @param {string} by @param {string} kind @param {object} data @param {object} [more] */
  #append(by, kind, data, more = {}) {
    const offset = this.live.length + 1;
    const event = { type: 'event', conversation: 'talk', offset, kind, by, at: AT, data, ...more };
    this.live.push(structuredClone(event));
    return event;
  }
}
