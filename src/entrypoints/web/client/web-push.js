/**
 * Web Push to this browser while no page is open. The user turns it on for this device; the choice
 * is stored, and every page that starts applies it again, because the key of the service and the
 * subscription of the browser may have changed.
 */

import { rethrowUnexpected } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {ClientStorage} from './storage.js' */
/** @import {PushPlatform} from './push-platform.js' */
/** @import {Frame, WebPushState as Shown, State} from './types.js' */
/**
 * @typedef {object} WebPushDependencies
 * @property {Api} api
 * @property {ClientStorage} storage
 * @property {PushPlatform} pushPlatform
 * @property {Pick<import('./tabs.js').Tabs, 'withLock'>} tabs
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */
/** @typedef {{user: string, preview: boolean}} PushPreference */

const VALUE_NAME = 'pushes';
const FEATURE = 'push';

export class WebPush {
  #dependencies;
  #isPaused = false;
  /** Whether the browser failed to subscribe. */
  #isBlocked = false;

  /** @param {WebPushDependencies} dependencies */
  constructor(dependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Pause while "do not disturb" is on: the subscription is removed from the service.
   * @param {boolean} paused
   */
  set paused(paused) {
    const changed = paused !== this.#isPaused;
    this.#isPaused = paused;
    if (changed && this.#dependencies.state().welcomeCount)
      this.synchronize().catch(rethrowUnexpected);
  }

  /** Update the status in the state, without asking the service. */
  async refreshStatus() {
    const preference = await this.#preference();
    const status = this.#isBlocked ? 'blocked' : preference ? 'on' : 'off';
    this.#setStatus(this.#unavailableReason() ?? status, preference?.preview ?? false);
  }

  /**
   * Turn pushes on. Call it after a click, because the browser may ask the user for permission.
   * @throws {import('./errors.js').NetworkError} where the service does not take part, or `Refused`
   * @throws {import('./errors.js').NetworkError} the service did not answer; or `ServiceError`
   */
  async turnOn() {
    if ((await this.#dependencies.pushPlatform.requestPermission()) !== 'granted')
      return this.refreshStatus();
    await this.#storePreference({ user: this.#user, preview: false });
    try {
      await this.synchronize();
      if (this.#isBlocked) await this.#storePreference(null);
    } catch (error) {
      await this.#storePreference(null);
      await this.refreshStatus();
      throw error;
    }
  }

  /** Turn pushes off. */
  async turnOff() {
    await this.#storePreference(null);
    this.#isBlocked = false;
    await this.synchronize();
  }

  /** Choose whether a push contains the sender and the text. @param {boolean} preview */
  async setPreview(preview) {
    await this.#storePreference({ user: this.#user, preview });
    await this.synchronize();
  }

  /** Apply the choice of the user, one tab at a time. */
  synchronize() {
    return this.#dependencies.tabs.withLock('parlour-pushes', () => this.#synchronize());
  }

  /** Remove the browser's subscription, after a log-out that the service knows of. */
  async unsubscribeBrowser() {
    await this.#dependencies.pushPlatform.unsubscribe().catch(() => {});
  }

  get #user() {
    return this.#dependencies.state().me?.id ?? '';
  }

  async #synchronize() {
    const preference = await this.#preference();
    try {
      if (!preference) await this.#removeSubscription();
      else if (this.#isPaused) await this.#unsubscribeFromService();
      else if (!this.#unavailableReason()) await this.#subscribe(preference);
    } finally {
      await this.refreshStatus();
    }
  }

  /**
   * @param {PushPreference} preference
   */
  async #subscribe({ preview }) {
    const { api, pushPlatform } = this.#dependencies;
    const { key } = await api.getPushKey();
    let subscription = await pushPlatform.getSubscription();
    if (subscription && subscription.key !== key) {
      await pushPlatform.unsubscribe();
      subscription = null;
    }
    // A browser may have no push service, or cannot reach it at the moment.
    subscription ??= await pushPlatform.subscribe(key).catch(() => null);
    this.#isBlocked = !subscription;
    if (subscription) await api.addPushSubscription(subscription, preview);
  }

  /** Remove an old subscription, when the user has not turned pushes on. */
  async #removeSubscription() {
    if (!(await this.#dependencies.pushPlatform.getSubscription())) return;
    await this.#unsubscribeFromService().catch(rethrowUnexpected);
    await this.unsubscribeBrowser();
  }

  /** Remove the subscription from the service; the browser keeps it. */
  async #unsubscribeFromService() {
    const { api, pushPlatform } = this.#dependencies;
    const subscription = await pushPlatform.getSubscription();
    const { subscriptions } = await api.listPushSubscriptions();
    for (const { id, endpoint } of subscriptions)
      if (endpoint === subscription?.endpoint) await api.removePushSubscription(id);
  }

  /** @returns {Shown['status'] | null} why pushes are not possible, or null */
  #unavailableReason() {
    const { pushPlatform, state } = this.#dependencies;
    const permission = pushPlatform.permission();
    if (permission === 'unsupported') return permission;
    // The features of the service are unknown before the first welcome.
    if (state().welcomeCount && !state().features.includes(FEATURE)) return 'unoffered';
    if (permission === 'denied') return 'denied';
    return null;
  }

  /** @param {Shown['status']} status @param {boolean} preview */
  #setStatus(status, preview) {
    const { webPush } = this.#dependencies.state();
    if (webPush.status !== status || webPush.preview !== preview)
      this.#dependencies.dispatch({ type: 'web-push', webPush: { status, preview } });
  }

  /**
   * The stored choice of this user; the choice of an earlier user of this browser does not count.
   * @returns {Promise<PushPreference | null>}
   */
  async #preference() {
    const preference = await this.#dependencies.storage.getValue(VALUE_NAME).catch(() => null);
    return preference?.user === this.#user &&
      this.#dependencies.pushPlatform.permission() === 'granted'
      ? preference
      : null;
  }

  /** @param {PushPreference | null} preference */
  #storePreference(preference) {
    return this.#dependencies.storage.setValue(VALUE_NAME, preference).catch(() => {});
  }
}
