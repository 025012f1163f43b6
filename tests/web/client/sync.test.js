/**
 * Catch-up, on cases that the service generated: a stale head plus the events since equals the
 * fresh head.
 */

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

/** @param {Case} example @returns {State} */
const stale = ({ me, stale: head }) =>
  /** @type {Frame[]} */ ([
    { type: 'signed-in', me: { id: me }, device: 'here' },
    { type: 'welcome', cursor: 'c', heads: [head] },
  ]).reduce(reduce, INITIAL_STATE);

/** @param {Case} example */
const eventFrames = ({ events }) => events.map((event) => ({ type: 'event', ...event }));
/** @param {Case} example */
const privateFrames = (example) =>
  example.private.map((event) => ({ type: 'event.me', ...event }));

/**
 * A head as it is compared. Receipts and names of users change without events, and counts are
 * ignored where the client knows that they are only bounds.
 * @param {Head} head
 * @param {boolean} countsAreBounds
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
  countsAreBounds,
) {
  return {
    ...head,
    muted_until,
    marked_unread,
    title: head.kind === 'group' ? title : '',
    unread: countsAreBounds ? '?' : unread,
    mentions: countsAreBounds ? '?' : mentions,
  };
}

/** @param {State} state @param {Case} example */
function holds(state, example) {
  const { head, countsAreBounds } = /** @type {Conversation} */ (
    state.conversations.get(example.stale.conversation)
  );
  assert.deepEqual(
    comparable(head, countsAreBounds),
    comparable(example.fresh, countsAreBounds),
    example.name,
  );
}

describe('a stale head with the events since', () => {
  it('equals the fresh head', () => {
    for (const example of cases)
      holds(
        [...eventFrames(example), ...privateFrames(example)].reduce(reduce, stale(example)),
        example,
      );
  });

  it('equals the fresh head in any order of the events', () => {
    for (const example of cases) {
      const events = eventFrames(example);
      const torn = [
        ...events.filter((_, index) => index % 2),
        ...events.filter((_, index) => index % 2 === 0).reverse(),
      ];
      holds([...torn, ...privateFrames(example)].reduce(reduce, stale(example)), example);
    }
  });

  it('equals the fresh head if every event is delivered twice', () => {
    for (const example of cases) {
      const twice = eventFrames(example).flatMap((event) => [event, event]);
      holds(
        [...twice, ...privateFrames(example), ...privateFrames(example)].reduce(
          reduce,
          stale(example),
        ),
        example,
      );
    }
  });

  it('equals the fresh head if the fresh head arrives in between', () => {
    for (const example of cases) {
      const events = eventFrames(example);
      const middle = Math.floor(events.length / 2);
      const frames = [
        ...events.slice(0, middle),
        { type: 'conversation', head: example.fresh },
        ...events.slice(middle),
        ...privateFrames(example),
      ];
      holds(frames.reduce(reduce, stale(example)), example);
    }
  });
});
