/**
 * The client: one object that signs in, stays connected, and knows what the user should see.
 *
 * It has no DOM and can be used alone; a view reads `state`, listens with `subscribe`, and calls
 * the methods. What a method changes shows in the state, on this and on every other device.
 */

import { Api } from './api.js';
import { Attention } from './attention.js';
import { Catchup } from './catchup.js';
import { soon, systemClock } from './clock.js';
import { SESSION_REVOKED, UNAUTHENTICATED } from './codes.js';
import { Directory, usersOf } from './directory.js';
import { Refused, tolerate } from './errors.js';
import { Groups } from './groups.js';
import { History } from './history.js';
import { Notices } from './notices.js';
import { memoryShelf } from './outbox.js';
import { closedGate } from './push-gate.js';
import { Pushes } from './pushes.js';
import { Sender } from './sender.js';
import { Session } from './session.js';
import { Snapshot } from './snapshot.js';
import { Link } from './socket.js';
import { INITIAL, reduce } from './store.js';
import { onlyTab } from './tabs.js';

/** @import {Credentials} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {ClientOptions, Frame, LinkState, State, Tokens} from './types.js' */
/** @typedef {(state: State, frame: Frame, before: State) => void} Listener */

const TYPING_SWEEP = 1_000;

export class Client {
  #state = INITIAL;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  #clock;
  #device;
  #session;
  #link;
  #catchup;
  #sweep;
  #snapshot;

  /** @param {ClientOptions} options */
  constructor({
    fetch,
    connect,
    device,
    base = '',
    cookie = true,
    shelf = memoryShelf(),
    tabs = onlyTab(),
    gate = closedGate,
    clock = systemClock,
    random = Math.random,
  }) {
    const dispatch = (/** @type {Frame} */ frame) => this.#dispatch(frame);
    const state = () => this.#state;
    this.#clock = clock;
    this.#device = device;
    this.api = new Api(fetch, base, cookie);
    this.#session = new Session(this.api, clock, tabs.exclusively, (tokens) =>
      this.#signedIn(tokens),
    );
    this.api.attach(this.#session);
    this.#link = this.#line(connect, clock, random);
    const link = this.#link;
    /** Pages of messages. */
    this.history = new History(this.api, dispatch, state);
    /** Read marks, focus, typing, watched presence. */
    this.attention = new Attention(link, clock, dispatch, state);
    /** Conversations and their members. */
    this.groups = new Groups(this.api, dispatch, state);
    /** Messages on their way. */
    this.outbox = new Sender({ shelf, link, tabs, clock, random, dispatch, state });
    this.tabs = tabs;
    const { api, history } = this;
    this.#catchup = new Catchup({ api, link, clock, history, dispatch, state });
    /** Finding people, and their names. */
    this.directory = new Directory(api, clock, dispatch, state);
    /** The notification centre. */
    this.notices = new Notices({ api, catchup: this.#catchup, dispatch, state });
    /** Pushes while no page is open. */
    this.pushes = new Pushes({ api, shelf, gate, tabs, dispatch, state });
    tabs.onTold((topic) => this.#told(topic));
    this.#sweep = soon(clock, TYPING_SWEEP, () =>
      this.#dispatch({ type: 'tick', now: clock.now() }),
    );
    this.#snapshot = new Snapshot(shelf, clock, state);
  }

  /**
   * The line to the service, with what it asks of this client.
   * @param {ClientOptions['connect']} connect
   * @param {Clock} clock
   * @param {() => number} random
   */
  #line(connect, clock, random) {
    return new Link({
      connect,
      clock,
      random,
      token: (fresh) => this.#session.token(fresh),
      hello: () => ({
        device: this.#device,
        cursor: this.#state.epoch ? this.#state.cursor : undefined,
      }),
      onState: (link) => this.#linked(link),
      onWelcome: (welcome) => this.#welcomed(welcome),
      onFrame: (frame) => this.#dispatch(frame),
    });
  }

  /** @returns {State} never changed in place: compare by identity */
  get state() {
    return this.#state;
  }

  /**
   * Be told after each change, with the frame that caused it and the state before.
   * @param {Listener} listener
   * @returns {() => void} ends it
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begin: take up the session of an earlier page, where there is one. */
  async start() {
    const kept = await this.#snapshot.recall();
    if (!kept) return this.#dispatch({ type: 'signed-out' });
    this.#session.resume();
    this.#dispatch({ type: 'signed-in', me: kept.me, device: kept.device });
    // A page that was left before it knew any conversation does not know that there are none.
    if (kept.heads.length) this.#dispatch({ type: 'heads', heads: kept.heads });
    await this.outbox.restore();
    this.#link.start();
  }

  /** @param {Credentials} credentials @throws {Refused} `handle_taken`, `invalid` … */
  async register(credentials) {
    await this.#enter(this.#session.register({ ...credentials, device: this.#device }));
  }

  /** @param {Credentials} credentials @throws {Refused} */
  async logIn(credentials) {
    await this.#enter(this.#session.logIn({ ...credentials, device: this.#device }));
  }

  /** End this device's session and forget everything here, unsent messages too. */
  async logOut() {
    try {
      await this.api.logOut();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    await this.#leave(true);
    this.tabs.tell('signed-out');
  }

  /** @param {string} name */
  async rename(name) {
    this.#dispatch({ type: 'renamed', me: await this.api.renameMe(name) });
  }

  /** Reconnect without waiting. */
  retryNow() {
    this.#link.retryNow();
  }

  /**
   * Look whether the line is alive: after a sleep, or when the browser says that it went offline.
   */
  probe() {
    this.#link.probe();
  }

  /**
   * Load what a view of a conversation needs: messages, members, marks of others.
   * @param {string} id
   * @param {number} [seq] a message that has to be among the loaded ones
   * @returns {Promise<boolean>} false where there is no such conversation or message
   */
  async open(id, seq) {
    if (!this.#state.conversations.has(id)) await this.#catchup.fetchHead(id);
    const conversation = this.#state.conversations.get(id);
    if (!conversation) return false;
    this.groups.accompany(id);
    this.notices.met(id);
    if (seq) return this.history.around(id, seq);
    const { log } = conversation;
    return !log.loaded || log.moreAfter ? this.history.newest(id) : true;
  }

  /** The next page of the list. */
  moreConversations() {
    return this.#state.next ? this.#catchup.moreConversations() : Promise.resolve(false);
  }

  /** @param {Frame} frame */
  #dispatch(frame) {
    const before = this.#state;
    const now = this.#clock.now();
    this.#state = reduce(before, frame.type === 'typing' ? { ...frame, now } : frame);
    this.directory.need(usersOf(frame));
    if (this.#state !== before)
      for (const listener of this.#listeners) listener(this.#state, frame, before);
    this.#catchup.follow(frame);
    this.notices.follow(frame);
    if (this.#state.typing.size) this.#sweep();
    if (this.#state.conversations !== before.conversations) {
      this.attention.arrived();
      this.#snapshot.soon();
    }
  }

  /** @param {Promise<Tokens>} tokens */
  async #enter(tokens) {
    await tokens;
    await this.#snapshot.keep();
    await this.outbox.restore();
    this.#link.start();
    this.tabs.tell('signed-in');
  }

  /** Signing in and out concerns every tab: they share the cookie. @param {string} topic */
  #told(topic) {
    if (topic === 'signed-out' && this.#state.me) this.#leave(true);
    if (topic === 'signed-in' && this.#state.phase === 'signed-out') this.start();
  }

  /** @param {Tokens} tokens */
  #signedIn({ user, device, access_token: token }) {
    if (this.#state.me && this.#state.me.id !== user.id) this.#dispatch({ type: 'signed-out' });
    this.#dispatch({ type: 'signed-in', me: user, device });
    this.#snapshot.soon();
    // A refused renewal closes the socket, and that is answered as every other close.
    this.#link.request('auth.refresh', { token }).catch(() => {});
  }

  /** @param {LinkState} link */
  #linked(link) {
    this.#dispatch({ type: 'link', link });
    if (link.code === UNAUTHENTICATED || link.code === SESSION_REVOKED)
      this.#leave(link.code === SESSION_REVOKED);
  }

  /** @param {Frame} welcome */
  #welcomed(welcome) {
    const first = this.#state.epoch === 0;
    this.#dispatch({ ...welcome, fresh: first });
    this.#catchup.resume(welcome, first);
    this.attention.resumed();
    this.outbox.flush();
    this.notices.resumed();
    if (first) this.pushes.settle().catch(tolerate);
    this.#snapshot.soon();
  }

  /**
   * Be signed out here. Who left, or was thrown out, leaves nothing behind; who was away for too
   * long finds unsent messages again after the next log-in.
   * @param {boolean} clean
   */
  async #leave(clean) {
    this.#link.stop();
    this.#session.forget();
    this.notices.reset();
    await this.pushes.forget();
    await this.outbox.reset(clean);
    await this.#snapshot.forget();
    this.#dispatch({ type: 'signed-out' });
  }
}
