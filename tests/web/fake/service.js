/**
 * A fake service in memory, for tests of the client.
 *
 * It follows the rules of the protocol that a client can observe: offsets and seqs without gaps,
 * idempotent sends, marks that never move back, no event to the socket that sent it.
 */

let counter = 0;
const START_TIME = Date.parse('2026-01-01T00:00:00Z');

/** Ascending ids, as UUIDv7. */
export function newId() {
  counter += 1;
  const hex = (START_TIME + counter).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${counter.toString(16).padStart(12, '0')}`;
}

/**
 * @typedef {{id: string, handle: string, display_name: string, password: string, role: 'user',
 *   created_at: string, log: any[]}} FakeUser
 */
/**
 * @typedef {{role: string, read: number, received: number, muted_until: string | null,
 *   pinned: boolean, marked_unread: boolean, joined_at: string}} Membership
 */
/**
 * @typedef {{id: string, kind: string, title: string, seq: number, events: any[],
 *   members: Map<string, Membership>}} FakeRoom
 */

export class ServiceRefusal extends Error {
  /** @param {number} status @param {string} code @param {object} [more] */
  constructor(status, code, more = {}) {
    super(code);
    this.status = status;
    this.problem = { code, title: code.replaceAll('_', ' '), temporary: false, ...more };
  }
}

export class FakeService {
  /** @type {Map<string, FakeUser>} */
  users = new Map();
  /** @type {Map<string, FakeRoom>} */
  rooms = new Map();
  /**
   * Called with each event: `(users, frame, session)`.
   * @type {(users: string[], frame: any, session?: string) => void}
   */
  publish = () => {};
  /** @type {() => number} */
  now = () => Date.now();

  timestamp() {
    return new Date(this.now()).toISOString();
  }

  /** @param {string} handle @param {string} [name] @param {string} [password] @returns {FakeUser} */
  addUser(handle, name = handle, password = 'correct horse') {
    if ([...this.users.values()].some((other) => other.handle === handle))
      throw new ServiceRefusal(409, 'handle_taken');
    /** @type {FakeUser} */
    const person = {
      id: newId(),
      handle,
      display_name: name,
      password,
      role: 'user',
      created_at: this.timestamp(),
      log: [],
    };
    this.users.set(person.id, person);
    return person;
  }

  /**
   * @param {string} by
   * @param {'direct' | 'group'} kind
   * @param {string} title
   * @param {string[]} others
   * @returns {FakeRoom}
   */
  addRoom(by, kind, title, others) {
    const users = [...new Set([by, ...others])];
    const same = [...this.rooms.values()].find(
      (room) =>
        kind === 'direct' && room.kind === kind && users.every((user) => room.members.has(user)),
    );
    if (same) return same;
    /** @type {FakeRoom} */
    const room = { id: newId(), kind, title, seq: 0, events: [], members: new Map() };
    this.rooms.set(room.id, room);
    for (const user of users)
      this.#join(room, user, kind === 'group' && user === by ? 'owner' : 'member');
    this.append(room, by, 'conversation.created', {
      kind,
      title,
      members: users.map((user) => ({ user, role: room.members.get(user)?.role })),
    });
    for (const user of users)
      this.appendPrivate(user, 'conversation.joined', { conversation: room.id });
    return room;
  }

  /** @param {FakeRoom} room @param {string} user @param {string} role */
  #join(room, user, role) {
    const { seq } = room;
    room.members.set(user, {
      role,
      read: seq,
      received: seq,
      muted_until: null,
      pinned: false,
      marked_unread: false,
      joined_at: this.timestamp(),
    });
  }

  /** @param {string} by @param {string} id @param {string[]} users */
  addMembers(by, id, users) {
    const room = this.roomOf(by, id);
    for (const user of users) {
      this.#join(room, user, 'member');
      this.append(room, by, 'member.added', { user, role: 'member' });
      this.appendPrivate(user, 'conversation.joined', { conversation: id });
    }
  }

  /** @param {string} by @param {string} id @param {string} user */
  removeMember(by, id, user) {
    const room = this.roomOf(by, id);
    this.append(room, by, 'member.removed', { user, left: by === user });
    room.members.delete(user);
    this.appendPrivate(user, 'conversation.left', { conversation: id, removed: by !== user });
  }

  /** @param {string} user @param {string} id @returns {FakeRoom} */
  roomOf(user, id) {
    const room = this.rooms.get(id);
    if (!room?.members.has(user)) throw new ServiceRefusal(404, 'not_found');
    return room;
  }

  /**
   * Append an event to a conversation's log and deliver it to the members.
   * @param {FakeRoom} room
   * @param {string} by
   * @param {string} kind
   * @param {object} data
   * @param {object} [more]
   */
  append(room, by, kind, data, more = {}) {
    const event = {
      type: 'event',
      conversation: room.id,
      offset: room.events.length + 1,
      kind,
      by,
      at: this.timestamp(),
      data,
      ...more,
    };
    room.events.push(event);
    this.publish([...room.members.keys()], event, /** @type {any} */ (more).session);
    return event;
  }

  /**
   * Append an event to a user's private log and deliver it.
   * @param {string} user
   * @param {string} kind
   * @param {object} data
   */
  appendPrivate(user, kind, data) {
    const person = this.users.get(user);
    if (!person) return;
    const event = {
      type: 'event.me',
      offset: person.log.length + 1,
      kind,
      at: this.timestamp(),
      data,
    };
    person.log.push(event);
    this.publish([user], event);
  }

  /** @param {string} by @param {any} frame @param {string} [session] */
  sendMessage(by, { conversation, key, kind = 'text', body, reply_to, mentions: named }, session) {
    const mentions = this.resolveMentions(body.text, named);
    const room = this.roomOf(by, conversation);
    const earlier = room.events.find((event) => event.key === key && event.by === by);
    if (earlier && earlier.data.body.text !== body.text)
      throw new ServiceRefusal(422, 'idempotency_mismatch');
    if (!earlier) room.seq += 1;
    const event =
      earlier ??
      this.append(
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
      mentions: event.data.mentions,
    };
  }

  /**
   * Whom a message mentions: here, whom the client names.
   * @param {string} _text
   * @param {string[]} [named]
   * @returns {string[] | undefined}
   */
  resolveMentions(_text, named) {
    return named;
  }

  /**
   * Post a message as another user.
   * @param {string} by
   * @param {string} conversation
   * @param {string} text
   * @param {string[]} [mentions]
   */
  sendAs(by, conversation, text, mentions) {
    return this.sendMessage(by, { conversation, key: newId(), body: { text }, mentions });
  }

  /** @param {string} user @param {string} id @param {{read?: number, received?: number}} mark */
  moveMarks(user, id, mark) {
    const member = /** @type {Membership} */ (this.roomOf(user, id).members.get(user));
    const before = member.read;
    member.read = Math.max(member.read, mark.read ?? 0);
    member.received = Math.max(member.received, mark.received ?? 0, member.read);
    const { read, received } = member;
    this.publish([...this.roomOf(user, id).members.keys()], {
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
      this.appendPrivate(user, 'read.moved', { conversation: id, seq: read });
    return read;
  }

  /**
   * Announce changed settings to the user's devices.
   * @param {string} user
   * @param {FakeRoom} room
   */
  announceSettings(user, room) {
    const head = this.headFor(user, room);
    const { conversation, muted_until, pinned, marked_unread } = head;
    this.appendPrivate(user, 'settings.changed', {
      conversation,
      muted_until,
      pinned,
      marked_unread,
    });
    return head;
  }

  /** @param {string} user @param {FakeRoom} room */
  headFor(user, room) {
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
      title: peer ? this.users.get(peer)?.display_name : room.title,
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
  headsFor(user) {
    const mine = [...this.rooms.values()].filter((room) => room.members.has(user));
    const moment = (/** @type {FakeRoom} */ room) => room.events.at(-1)?.at ?? '';
    return mine
      .sort((one, other) => (moment(one) < moment(other) ? 1 : -1))
      .map((room) => this.headFor(user, room));
  }
}
