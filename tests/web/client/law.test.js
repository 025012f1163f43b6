/** The law of catching up, on cases that the service itself wrote down. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { INITIAL_STATE, reduce } from '../../../src/entrypoints/web/client/store.js';

/**
 * @import {Conversation, ConversationEvent, Frame, Head, PrivateEvent, State} from '../../../src/entrypoints/web/client/types.js'
 */
/**
 * @typedef {{name: string, me: string, stale: Head, events: ConversationEvent[],
 *   private: PrivateEvent[], fresh: Head}} Case
 */

/** @type {Case[]} */
const cases = JSON.parse(
  await readFile(new URL('../../golden/law.json', import.meta.url), 'utf8'),
);

/** @param {Case} law @returns {State} */
const stale = ({ me, stale: head }) =>
  /** @type {Frame[]} */ ([
    { type: 'signed-in', me: { id: me }, device: 'here' },
    { type: 'welcome', cursor: 'c', heads: [head] },
  ]).reduce(reduce, INITIAL_STATE);

/** @param {Case} law */
const eventFrames = ({ events }) => events.map((event) => ({ type: 'event', ...event }));
/** @param {Case} law */
const privateFrames = (law) => law.private.map((event) => ({ type: 'event.me', ...event }));

/**
 * A head as the law compares it. Receipts and the names of people travel without an event, and
 * counts are left out where the client knows that it has to ask for them.
 * @param {Head} head
 * @param {boolean} vague
 */
function comparable(
  {
    received: _received,
    title,
    unread,
    mentions,
    muted_until = null,
    marked_unread = false,
    ...head
  },
  vague,
) {
  return {
    ...head,
    muted_until,
    marked_unread,
    title: head.kind === 'group' ? title : '',
    unread: vague ? '?' : unread,
    mentions: vague ? '?' : mentions,
  };
}

/** @param {State} state @param {Case} law */
function holds(state, law) {
  const { head, countsAreBounds } = /** @type {Conversation} */ (
    state.conversations.get(law.stale.conversation)
  );
  assert.deepEqual(
    comparable(head, countsAreBounds),
    comparable(law.fresh, countsAreBounds),
    law.name,
  );
}

describe('a stale head and the events since', () => {
  it('are the fresh head', () => {
    for (const law of cases)
      holds([...eventFrames(law), ...privateFrames(law)].reduce(reduce, stale(law)), law);
  });

  it('are the fresh head in whatever order the events come', () => {
    for (const law of cases) {
      const events = eventFrames(law);
      const torn = [
        ...events.filter((_, index) => index % 2),
        ...events.filter((_, index) => index % 2 === 0).reverse(),
      ];
      holds([...torn, ...privateFrames(law)].reduce(reduce, stale(law)), law);
    }
  });

  it('are the fresh head where every event comes twice', () => {
    for (const law of cases) {
      const twice = eventFrames(law).flatMap((event) => [event, event]);
      holds(
        [...twice, ...privateFrames(law), ...privateFrames(law)].reduce(reduce, stale(law)),
        law,
      );
    }
  });

  it('are the fresh head where the fresh one comes in between', () => {
    for (const law of cases) {
      const events = eventFrames(law);
      const middle = Math.floor(events.length / 2);
      const frames = [
        ...events.slice(0, middle),
        { type: 'conversation', head: law.fresh },
        ...events.slice(middle),
        ...privateFrames(law),
      ];
      holds(frames.reduce(reduce, stale(law)), law);
    }
  });
});
