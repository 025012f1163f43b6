/**
 * Pushes to this browser while no page is open. The user turns them on here, for this device alone;
 * the choice is kept on the shelf, and made true again by every page that starts: the service may
 * have another key by then, the browser another address, and the user another mind.
 */

import { tolerate } from './errors.js';

/** @import {Api} from './api.js' */
/** @import {Shelf} from './outbox.js' */
/** @import {Gate} from './push-gate.js' */
/** @import {Frame, Pushes as Shown, State} from './types.js' */
/**
 * @typedef {object} PushesNeeds
 * @property {Api} api
 * @property {Shelf} shelf
 * @property {Gate} gate
 * @property {Pick<import('./tabs.js').Tabs, 'exclusively'>} tabs
 * @property {(frame: Frame) => void} dispatch
 * @property {() => State} state
 */
/** @typedef {{user: string, preview: boolean}} Choice */

const NAME = 'pushes';
const FEATURE = 'push';

export class Pushes {
  #needs;
  #quiet = false;
  /** The browser gave no address. */
  #blocked = false;

  /** @param {PushesNeeds} needs */
  constructor(needs) {
    this.#needs = needs;
  }

  /** Do not disturb: nothing is pushed for now. @param {boolean} quiet */
  set quiet(quiet) {
    const changed = quiet !== this.#quiet;
    this.#quiet = quiet;
    if (changed && this.#needs.state().epoch) this.settle().catch(tolerate);
  }

  /** Say in the state how things are, without asking the service. */
  async look() {
    const choice = await this.#choice();
    const so = this.#blocked ? 'blocked' : choice ? 'on' : 'off';
    this.#show(this.#hindrance() ?? so, choice?.preview ?? false);
  }

  /**
   * Turn pushes on, after a click: the browser asks the user where it has to.
   * @throws {import('./errors.js').NoAnswer} where the service does not take part, or `Refused`
   */
  async turnOn() {
    if ((await this.#needs.gate.ask()) !== 'granted') return this.look();
    await this.#keep({ user: this.#user, preview: false });
    try {
      await this.settle();
      if (this.#blocked) await this.#keep(null);
    } catch (error) {
      await this.#keep(null);
      await this.look();
      throw error;
    }
  }

  /** Turn them off. What the service is not told of, it learns from the push service. */
  async turnOff() {
    await this.#keep(null);
    this.#blocked = false;
    await this.settle();
  }

  /** Whether a push may say who wrote what. @param {boolean} preview */
  async show(preview) {
    await this.#keep({ user: this.#user, preview });
    await this.settle();
  }

  /** Make true what the user chose, one tab at a time. */
  settle() {
    return this.#needs.tabs.exclusively('parlour-pushes', () => this.#settle());
  }

  /** Drop the address: this device is logged out, and the service knows. */
  async forget() {
    await this.#needs.gate.drop().catch(() => {});
  }

  get #user() {
    return this.#needs.state().me?.id ?? '';
  }

  async #settle() {
    const choice = await this.#choice();
    try {
      if (!choice) await this.#end();
      else if (this.#quiet) await this.#withdraw();
      else if (!this.#hindrance()) await this.#subscribe(choice);
    } finally {
      await this.look();
    }
  }

  /** @param {Choice} choice */
  async #subscribe({ preview }) {
    const { api, gate } = this.#needs;
    const { key } = await api.pushKey();
    let address = await gate.find();
    if (address && address.key !== key) {
      await gate.drop();
      address = null;
    }
    // A browser may have no push service, or one that is out of its reach for now.
    address ??= await gate.subscribe(key).catch(() => null);
    this.#blocked = !address;
    if (address) await api.subscribe(address, preview);
  }

  /** Nobody here wants pushes: what is left of former ones goes. */
  async #end() {
    if (!(await this.#needs.gate.find())) return;
    await this.#withdraw().catch(tolerate);
    await this.forget();
  }

  /** The service pushes no more to this browser, which keeps its address. */
  async #withdraw() {
    const { api, gate } = this.#needs;
    const address = await gate.find();
    const { subscriptions } = await api.pushSubscriptions();
    for (const { id, endpoint } of subscriptions)
      if (endpoint === address?.endpoint) await api.unsubscribe(id);
  }

  /** @returns {Shown['status'] | null} what stands in the way */
  #hindrance() {
    const { gate, state } = this.#needs;
    const permission = gate.permission();
    if (permission === 'unsupported') return permission;
    // Before the first welcome nobody knows what is offered.
    if (state().epoch && !state().features.includes(FEATURE)) return 'unoffered';
    if (permission === 'denied') return 'denied';
    return null;
  }

  /** @param {Shown['status']} status @param {boolean} preview */
  #show(status, preview) {
    const { pushes } = this.#needs.state();
    if (pushes.status !== status || pushes.preview !== preview)
      this.#needs.dispatch({ type: 'pushes', pushes: { status, preview } });
  }

  /** Of this user: whoever was here before chose for themselves. @returns {Promise<Choice | null>} */
  async #choice() {
    const choice = await this.#needs.shelf.recall(NAME).catch(() => null);
    return choice?.user === this.#user && this.#needs.gate.permission() === 'granted'
      ? choice
      : null;
  }

  /** @param {Choice | null} choice */
  #keep(choice) {
    return this.#needs.shelf.keep(NAME, choice).catch(() => {});
  }
}
