/**
 * A service in memory, for tests of the client and for looking at the page without a server.
 *
 * It keeps the rules of the protocol that a client can notice: dense offsets and seqs, idempotent
 * sends, watermarks that never move back, no event for the socket that sent it.
 */

let counter = 0;
const BORN = Date.parse('2026-01-01T00:00:00Z');

/** Ids in order of creation, as UUIDv7. */
export function newId() {
  counter += 1;
  const hex = (BORN + counter).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${counter.toString(16).padStart(12, '0')}`;
}

/**
 * @typedef {{id: string, handle: string, display_name: string, password: string, role: 'user',
 *   created_at: string, log: any[]}} Person
 */
/**
 * @typedef {{role: string, read: number, received: number, muted_until: string | null,
 *   pinned: boolean, marked_unread: boolean, joined_at: string}} Membership
 */
/**
 * @typedef {{id: string, kind: string, title: string, seq: number, events: any[],
 *   members: Map<string, Membership>}} Room
 */

export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {object} [more] */
  constructor(status, code, more = {}) {
    super(code);
    this.status = status;
    this.problem = { code, title: code.replaceAll('_', ' '), temporary: false, ...more };
  }
}

export class World {
  /** @type {Map<string, Person>} */
  people = new Map();
  /** @type {Map<string, Room>} */
  rooms = new Map();
  /**
   * Told of each event: `(users, frame, session)`.
   * @type {(users: string[], frame: any, session?: string) => void}
   */
  publish = () => {};
  /** @type {() => number} */
  now = () => Date.now();

  at() {
    return new Date(this.now()).toISOString();
  }

  /** @param {string} handle @param {string} [name] @param {string} [password] @returns {Person} */
  person(handle, name = handle, password = 'correct horse') {
    if ([...this.people.values()].some((other) => other.handle === handle))
      throw new Refusal(409, 'handle_taken');
    /** @type {Person} */
    const person = {
      id: newId(),
      handle,
      display_name: name,
      password,
      role: 'user',
      created_at: this.at(),
      log: [],
    };
    this.people.set(person.id, person);
    return person;
  }

  /**
   * @param {string} by
   * @param {'direct' | 'group'} kind
   * @param {string} title
   * @param {string[]} others
   * @returns {Room}
   */
  room(by, kind, title, others) {
    const users = [...new Set([by, ...others])];
    const same = [...this.rooms.values()].find(
      (room) =>
        kind === 'direct' && room.kind === kind && users.every((user) => room.members.has(user)),
    );
    if (same) return same;
    /** @type {Room} */
    const room = { id: newId(), kind, title, seq: 0, events: [], members: new Map() };
    this.rooms.set(room.id, room);
    for (const user of users)
      this.#join(room, user, kind === 'group' && user === by ? 'owner' : 'member');
    this.event(room, by, 'conversation.created', {
      kind,
      title,
      members: users.map((user) => ({ user, role: room.members.get(user)?.role })),
    });
    for (const user of users) this.tell(user, 'conversation.joined', { conversation: room.id });
    return room;
  }

  /** @param {Room} room @param {string} user @param {string} role */
  #join(room, user, role) {
    const { seq } = room;
    room.members.set(user, {
      role,
      read: seq,
      received: seq,
      muted_until: null,
      pinned: false,
      marked_unread: false,
      joined_at: this.at(),
    });
  }

  /** @param {string} by @param {string} id @param {string[]} users */
  add(by, id, users) {
    const room = this.see(by, id);
    for (const user of users) {
      this.#join(room, user, 'member');
      this.event(room, by, 'member.added', { user, role: 'member' });
      this.tell(user, 'conversation.joined', { conversation: id });
    }
  }

  /** @param {string} by @param {string} id @param {string} user */
  remove(by, id, user) {
    const room = this.see(by, id);
    this.event(room, by, 'member.removed', { user, left: by === user });
    room.members.delete(user);
    this.tell(user, 'conversation.left', { conversation: id, removed: by !== user });
  }

  /** @param {string} user @param {string} id @returns {Room} */
  see(user, id) {
    const room = this.rooms.get(id);
    if (!room?.members.has(user)) throw new Refusal(404, 'not_found');
    return room;
  }

  /**
   * Append to a room's log and tell everybody there.
   * @param {Room} room
   * @param {string} by
   * @param {string} kind
   * @param {object} data
   * @param {object} [more]
   */
  event(room, by, kind, data, more = {}) {
    const event = {
      type: 'event',
      conversation: room.id,
      offset: room.events.length + 1,
      kind,
      by,
      at: this.at(),
      data,
      ...more,
    };
    room.events.push(event);
    this.publish([...room.members.keys()], event, /** @type {any} */ (more).session);
    return event;
  }

  /**
   * Append to a user's private log.
   * @param {string} user
   * @param {string} kind
   * @param {object} data
   */
  tell(user, kind, data) {
    const person = this.people.get(user);
    if (!person) return;
    const event = { type: 'event.me', offset: person.log.length + 1, kind, at: this.at(), data };
    person.log.push(event);
    this.publish([user], event);
  }

  /** @param {string} by @param {any} frame @param {string} [session] */
  post(by, { conversation, key, kind = 'text', body, reply_to, mentions }, session) {
    const room = this.see(by, conversation);
    const earlier = room.events.find((event) => event.key === key && event.by === by);
    if (earlier && earlier.data.body.text !== body.text)
      throw new Refusal(422, 'idempotency_mismatch');
    if (!earlier) room.seq += 1;
    const event =
      earlier ??
      this.event(
        room,
        by,
        'message.posted',
        { kind, body, reply_to, mentions, revision: 1 },
        { seq: room.seq, key, session },
      );
    return {
      conversation,
      seq: event.seq,
      offset: event.offset,
      at: event.at,
      key,
      replayed: Boolean(earlier),
    };
  }

  /**
   * Somebody else speaks.
   * @param {string} by
   * @param {string} conversation
   * @param {string} text
   * @param {string[]} [mentions]
   */
  say(by, conversation, text, mentions) {
    return this.post(by, { conversation, key: newId(), body: { text }, mentions });
  }

  /** @param {string} user @param {string} id @param {{read?: number, received?: number}} mark */
  mark(user, id, mark) {
    const member = /** @type {Membership} */ (this.see(user, id).members.get(user));
    const before = member.read;
    member.read = Math.max(member.read, mark.read ?? 0);
    member.received = Math.max(member.received, mark.received ?? 0, member.read);
    const { read, received } = member;
    this.publish([...this.see(user, id).members.keys()], {
      type: 'receipt',
      conversation: id,
      user,
      read,
      received,
    });
    const looked = mark.read !== undefined && mark.read >= before;
    const unmarked = member.marked_unread && looked;
    if (unmarked) member.marked_unread = false;
    if (read !== before || unmarked)
      this.tell(user, 'read.moved', { conversation: id, seq: read });
    return read;
  }

  /** Tell what the settings are now. @param {string} user @param {Room} room */
  settle(user, room) {
    const head = this.head(user, room);
    const { conversation, muted_until, pinned, marked_unread } = head;
    this.tell(user, 'settings.changed', { conversation, muted_until, pinned, marked_unread });
    return head;
  }

  /** @param {string} user @param {Room} room */
  head(user, room) {
    const member = /** @type {Membership} */ (room.members.get(user));
    const posted = room.events.filter((event) => event.kind === 'message.posted');
    const unread = posted.filter((event) => event.seq > member.read && event.by !== user);
    const last = posted.at(-1);
    const peer =
      room.kind === 'direct'
        ? ([...room.members.keys()].find((other) => other !== user) ?? user)
        : undefined;
    return {
      conversation: room.id,
      kind: room.kind,
      peer,
      role: member.role,
      title: peer ? this.people.get(peer)?.display_name : room.title,
      members: room.members.size,
      seq: room.seq,
      offset: room.events.length,
      read: member.read,
      received: member.received,
      unread: unread.length,
      mentions: unread.filter((event) =>
        event.data.mentions?.some((/** @type {string} */ name) => name === user || name === 'all'),
      ).length,
      muted_until: member.muted_until,
      pinned: member.pinned,
      marked_unread: member.marked_unread,
      last: last && {
        seq: last.seq,
        by: last.by,
        at: last.at,
        kind: 'text',
        excerpt: last.data.body.text.slice(0, 140).replaceAll('\n', ' '),
      },
    };
  }

  /** @param {string} user newest first */
  heads(user) {
    const mine = [...this.rooms.values()].filter((room) => room.members.has(user));
    const moment = (/** @type {Room} */ room) => room.events.at(-1)?.at ?? '';
    return mine
      .sort((one, other) => (moment(one) < moment(other) ? 1 : -1))
      .map((room) => this.head(user, room));
  }
}
