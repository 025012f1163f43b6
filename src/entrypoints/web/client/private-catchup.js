/** Catch-up of the private log: fetches its events after the cursor, and the heads that they change. */

import { rethrowUnexpected } from './errors.js';

/** @import {CatchupDependencies} from './catchup-types.js' */
/** @import {Frame} from './types.js' */

const EVENTS_PER_PAGE = 200;

export class PrivateLogCatchup {
  #dependencies;
  #fetchHead;

  /**
   * @param {Pick<CatchupDependencies, 'connection' | 'dispatch' | 'state'>} dependencies
   * @param {(id: string) => void} fetchHead
   */
  constructor(dependencies, fetchHead) {
    this.#dependencies = dependencies;
    this.#fetchHead = fetchHead;
  }

  /** Fetch the private events after the cursor. */
  async sync() {
    const { connection, dispatch, state } = this.#dependencies;
    for (let more = true; more; ) {
      const answer = await connection.request('sync.me', {
        cursor: state().cursor,
        limit: EVENTS_PER_PAGE,
      });
      const { events, cursor, reset } = answer;
      dispatch({ type: 'private-events', events, cursor, reset });
      for (const event of events) this.#onChange(event);
      more = answer.more;
    }
  }

  /**
   * A private event was pushed: fetch the events before it, if the offset shows a gap.
   * @param {Frame} event
   */
  async onEvent(event) {
    const { conversations, privateOffset } = this.#dependencies.state();
    const id = event.data.conversation;
    this.#onChange(event);
    if (event.kind === 'read.moved' && conversations.get(id)?.countsAreBounds) this.#fetchHead(id);
    if (privateOffset >= event.offset) return;
    await this.sync().catch(rethrowUnexpected);
  }

  /** Fetch a head that the event changes and that does not follow from it. @param {any} event */
  #onChange({ kind, data }) {
    const known = this.#dependencies.state().conversations.get(data.conversation);
    const isJoined = kind === 'conversation.joined' && (!known || known.left);
    // Which message is the last one now, and how many are unread.
    const isDeleted = known && (kind === 'message.hidden' || kind === 'history.cleared');
    if (isJoined || isDeleted) this.#fetchHead(data.conversation);
  }
}
