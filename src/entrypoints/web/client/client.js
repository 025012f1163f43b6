/**
 * The client: signs in, stays connected, and keeps the state that a user interface shows.
 *
 * It has no DOM and can be used alone: a user interface reads `state`, subscribes with `subscribe`
 * and calls methods. What a method changes appears in the state, on this and every other device.
 */

import { Api } from './api.js';
import { throttle, systemClock } from './clock.js';
import { signOutReason } from './close-codes.js';
import { ServiceError, rethrowUnexpected } from './errors.js';
import { memoryStorage } from './storage.js';
import { noPushPlatform } from './push-platform.js';
import { AuthSession } from './auth-session.js';
import { StartupCache } from './startup-cache.js';
import { memoryValues } from './drafts.js';
import { Connection } from './connection.js';
import { createParts } from './parts.js';
import { userIdsOf } from './user-directory.js';
import { INITIAL_STATE, reduce } from './store.js';
import { singleTab } from './tabs.js';

/** @import {Credentials} from './api.js' */
/** @import {Clock} from './clock.js' */
/** @import {ClientOptions, Frame, ConnectionState, State, Tokens} from './types.js' */
/** @typedef {(state: State, frame: Frame, before: State) => void} Listener */

const TYPING_SWEEP_MS = 1_000;

export class Client {
  #state = INITIAL_STATE;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  #clock;
  #device;
  #authSession;
  #connection;
  #catchup;
  #expireTypingSoon;
  #startupCache;

  /** @param {ClientOptions} options */
  constructor({
    fetch,
    connect,
    device,
    base = '',
    cookie = true,
    storage = memoryStorage(),
    values = memoryValues(),
    tabs = singleTab(),
    pushPlatform = noPushPlatform,
    clock = systemClock,
    random = Math.random,
  }) {
    const dispatch = (/** @type {Frame} */ frame) => this.#dispatch(frame);
    const state = () => this.#state;
    this.#clock = clock;
    this.#device = device;
    this.api = new Api(fetch, base, cookie);
    this.#authSession = new AuthSession(this.api, clock, tabs.withLock, (tokens) =>
      this.#onTokens(tokens),
    );
    this.api.attachSession(this.#authSession);
    this.#connection = this.#createConnection(connect, clock, random);
    const connection = this.#connection;
    const { api } = this;
    const shared = { api, connection, storage, values, tabs, pushPlatform, clock, random };
    const parts = createParts({ ...shared, dispatch, state });
    this.history = parts.history;
    this.activity = parts.activity;
    this.conversations = parts.conversations;
    this.outbox = parts.outbox;
    this.changes = parts.changes;
    this.drafts = parts.drafts;
    this.directory = parts.directory;
    this.notifications = parts.notifications;
    this.webPush = parts.webPush;
    this.tabs = tabs;
    this.#catchup = parts.catchup;
    tabs.onMessage((topic) => this.#onTabMessage(topic));
    this.#expireTypingSoon = throttle(clock, TYPING_SWEEP_MS, () =>
      this.#dispatch({ type: 'expire-typing', now: clock.now() }),
    );
    this.#startupCache = new StartupCache(storage, clock, state);
  }

  /**
   * @param {ClientOptions['connect']} connect
   * @param {Clock} clock
   * @param {() => number} random
   */
  #createConnection(connect, clock, random) {
    return new Connection({
      connect,
      clock,
      random,
      token: (fresh) => this.#authSession.token(fresh),
      hello: () => ({
        device: this.#device,
        cursor: this.#state.welcomeCount ? this.#state.cursor : undefined,
      }),
      onState: (connection) => this.#onConnectionState(connection),
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onFrame: (frame) => this.#dispatch(frame),
    });
  }

  /** @returns {State} never changed in place, so parts can be compared by identity */
  get state() {
    return this.#state;
  }

  /**
   * Call *listener* after each change, with the new state, the frame that caused it and the
   * previous state.
   * @param {Listener} listener
   * @returns {() => void} unsubscribes
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Start: continue the session of an earlier page, if there is one. */
  async start() {
    const cached = await this.#startupCache.load();
    if (!cached) return this.#dispatch({ type: 'signed-out' });
    this.#authSession.resume();
    this.#dispatch({ type: 'signed-in', me: cached.me, device: cached.device });
    // An empty cached list may mean that the previous page was closed before the list was loaded.
    if (cached.heads.length) this.#dispatch({ ...cached, type: 'heads' });
    await this.outbox.restore();
    await this.changes.restore();
    this.#connection.start();
  }

  /** Create an account and connect. @param {Credentials} credentials @throws {ServiceError} */
  async register(credentials) {
    await this.#startSession(this.#authSession.register({ ...credentials, device: this.#device }));
  }

  /** Log in and connect. @param {Credentials} credentials @throws {ServiceError} */
  async logIn(credentials) {
    await this.#startSession(this.#authSession.logIn({ ...credentials, device: this.#device }));
  }

  /** Log out this device and delete everything stored here, including unsent messages. */
  async logOut() {
    try {
      await this.api.logOut();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
    await this.#endSession(true);
    this.tabs.broadcast('signed-out');
  }

  /** Change the own display name. @param {string} name */
  async setDisplayName(name) {
    this.#dispatch({ type: 'renamed', me: await this.api.setDisplayName(name) });
  }

  /** Reconnect without waiting for the back-off. */
  reconnectNow() {
    this.#connection.reconnectNow();
  }

  /** Check whether the connection is alive, for example after the machine was asleep. */
  probe() {
    this.#connection.probe();
  }

  /**
   * Load what a view of a conversation needs: messages, members, receipts.
   * @param {string} id
   * @param {number} [seq] load the messages around this one
   * @returns {Promise<boolean>} false if there is no such conversation or message
   */
  async open(id, seq) {
    if (!this.#state.conversations.has(id)) await this.#catchup.fetchHead(id);
    const conversation = this.#state.conversations.get(id);
    if (!conversation) return false;
    this.conversations.loadMembersAndReceipts(id);
    this.notifications.markInvitationRead(id);
    if (seq) return this.history.loadAround(id, seq);
    const { log } = conversation;
    return !log.loaded || log.moreAfter ? this.history.loadNewest(id) : true;
  }

  /** Load the next page of the conversation list. */
  moreConversations() {
    return this.#state.conversationsCursor
      ? this.#catchup.moreConversations()
      : Promise.resolve(false);
  }

  /** @param {Frame} frame */
  #dispatch(frame) {
    const before = this.#state;
    const now = this.#clock.now();
    this.#state = reduce(before, frame.type === 'typing' ? { ...frame, now } : frame);
    this.directory.ensureLoaded(userIdsOf(frame));
    if (this.#state !== before)
      for (const listener of this.#listeners) listener(this.#state, frame, before);
    this.#catchup.onFrame(frame);
    this.notifications.onFrame(frame);
    this.changes.onFrame(frame);
    this.drafts.onFrame();
    if (this.#state.typing.size) this.#expireTypingSoon();
    if (this.#state.conversations !== before.conversations) {
      this.activity.reportReceived();
      this.#startupCache.saveSoon();
    }
  }

  /** @param {Promise<Tokens>} tokens */
  async #startSession(tokens) {
    await tokens;
    await this.#startupCache.save();
    await this.outbox.restore();
    await this.changes.restore();
    this.#connection.start();
    this.tabs.broadcast('signed-in');
  }

  /** Log in or out with the other tabs, which share the cookie. @param {string} topic */
  #onTabMessage(topic) {
    if (topic === 'signed-out' && this.#state.me) this.#endSession(true);
    if (topic === 'signed-in' && this.#state.phase === 'signed-out') this.start();
  }

  /** @param {Tokens} tokens */
  #onTokens({ user, device, access_token: token }) {
    if (this.#state.me && this.#state.me.id !== user.id) this.#dispatch({ type: 'signed-out' });
    this.#dispatch({ type: 'signed-in', me: user, device });
    this.#startupCache.saveSoon();
    // If the service refuses the new token it closes the socket, which is handled there.
    this.#connection.request('auth.refresh', { token }).catch(() => {});
  }

  /** @param {ConnectionState} connection */
  #onConnectionState(connection) {
    this.#dispatch({ type: 'connection', connection });
    const reason = signOutReason(connection.code);
    if (reason) this.#endSession(reason === 'revoked', reason);
  }

  /** @param {Frame} welcome */
  #onWelcome(welcome) {
    const first = this.#state.welcomeCount === 0;
    this.#dispatch({ ...welcome, fresh: first });
    this.#catchup.onWelcome(welcome, first);
    this.activity.onReconnect();
    this.outbox.flush();
    this.changes.flush();
    this.drafts.flush();
    this.notifications.onReconnect();
    if (first) this.webPush.synchronize().catch(rethrowUnexpected);
    this.#startupCache.saveSoon();
  }

  /**
   * Log out here. After a log-out everything stored is deleted; after an expired session unsent
   * messages are kept for the next log-in.
   * @param {boolean} deleteStored @param {State['signOutReason']} [reason]
   */
  async #endSession(deleteStored, reason) {
    this.#connection.stop();
    this.#authSession.clear();
    this.notifications.reset();
    this.changes.reset();
    if (deleteStored) this.drafts.clear();
    await this.webPush.unsubscribeBrowser();
    await this.outbox.reset(deleteStored);
    await this.#startupCache.clear();
    this.#dispatch({ type: 'signed-out', reason });
  }
}
