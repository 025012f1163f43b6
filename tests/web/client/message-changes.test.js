/** Edits, recalls and deletions in the state: what is left, what counts, and that orders agree. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { gapAfter } from '../../../src/entrypoints/web/client/store/conversations.js';
import { quotedMessage } from '../../../src/entrypoints/web/client/store/quotes.js';
import { INITIAL_STATE, reduce } from '../../../src/entrypoints/web/client/store.js';
import { ModelLog } from '../fake/model-log.js';

/** @import {Conversation, State} from '../../../src/entrypoints/web/client/types.js' */

const ME = 'ada';
const CANARY = 'canary in a coal mine';

/** @param {State} state @param {...any} frames */
const play = (state, ...frames) => frames.reduce(reduce, state);

/** @param {ModelLog} log */
const welcomed = (log) =>
  play(
    INITIAL_STATE,
    { type: 'signed-in', me: { id: ME, handle: ME, display_name: 'Ada' }, device: 'here' },
    { type: 'welcome', cursor: '0', heads: [log.headFor(ME)] },
  );

/** @param {State} state @returns {Conversation} */
const talk = (state) => /** @type {Conversation} */ (state.conversations.get('talk'));

/** What a user sees of a conversation. @param {State} state */
function seen(state) {
  const { head, log } = talk(state);
  const { seq, offset, unread, mentions, last } = head;
  const messages = log.messages.map(({ asOf: _asOf, time: _time, session: _session, ...rest }) =>
    JSON.parse(JSON.stringify(rest)),
  );
  return { messages, offset: log.offset, head: { seq, offset, unread, mentions, last } };
}

describe('an edit', () => {
  it('shows the new text, in the list as well, and an older revision changes nothing', () => {
    const log = new ModelLog();
    log.post('bob', 'hi');
    const before = play(welcomed(log), log.page());
    log.edit(1, 'hello', ['ada']);
    log.edit(1, 'hello all');
    const [first, second] = log.live.slice(-2);
    const after = play(before, first, second);

    assert.equal(talk(after).log.messages[0].body.text, 'hello all');
    assert.equal(talk(after).log.messages[0].revision, 3);
    assert.equal(talk(after).head.last?.excerpt, 'hello all');
    assert.deepEqual(talk(after).log.systemMessages, []);
    const again = play(after, { ...first, offset: 4 });
    assert.equal(talk(again).log.messages[0].body.text, 'hello all');
  });

  it('moves the count of mentions with it', () => {
    const log = new ModelLog();
    const before = play(welcomed(log), log.page());
    log.post('bob', 'hi');
    log.edit(1, 'hi @ada', ['ada']);
    log.edit(1, 'hi');
    const counts = [1, 2, 3].map(
      (length) => talk(play(before, ...log.live.slice(0, length))).head.mentions,
    );

    assert.deepEqual(counts, [0, 1, 0]);
  });
});

describe('a recall', () => {
  it('leaves nothing of the message, wherever the state had it', () => {
    const log = new ModelLog();
    log.post('bob', CANARY, ['ada']);
    log.post('bob', 'an answer', [], 1);
    const kept = { ...log.keptLog(), users: [] };
    const notification = {
      ...{ type: 'event.me', offset: 1, kind: 'notification.added', at: '2026-01-02T03:04:05Z' },
      data: { id: 'talk/1', kind: 'mention', conversation: 'talk', seq: 1, excerpt: CANARY },
    };
    const start = play(welcomed(log), { type: 'heads', heads: [], logs: [kept] }, notification);
    const quotes = { type: 'quotes', conversation: 'talk', seqs: [1], ...log.messagesOf([1]) };
    const places = [start, play(start, log.page()), play(start, log.page(2), quotes)];
    log.recall(1, 'bob');
    const removed = {
      ...{ ...notification, offset: 2, kind: 'notification.removed' },
      data: { ids: ['talk/1'] },
    };

    for (const before of places) {
      assert.ok(asText(before).includes(CANARY));
      const after = play(before, log.live.at(-1), removed);
      assert.equal(asText(after).includes(CANARY), false);
      assert.equal(talk(after).head.offset, 3);
    }
  });

  it('takes it out of the unread counts, once', () => {
    const log = new ModelLog();
    const before = play(welcomed(log), log.page());
    log.post('bob', 'one', ['ada']);
    log.post('bob', 'two');
    log.post(ME, 'mine');
    log.recall(1, 'bob');
    log.recall(3, ME);
    const after = play(before, ...log.live);

    assert.deepEqual(
      [talk(after).head.unread, talk(after).head.mentions],
      [log.headFor(ME).unread, 0],
    );
    assert.equal(talk(after).head.unread, 1);
    assert.equal(talk(after).countsAreBounds, false);
  });

  it('of a message that is not known here makes the counts bounds', () => {
    const log = new ModelLog();
    log.post('bob', 'one');
    const before = welcomed(log);
    log.recall(1, 'bob');

    assert.equal(talk(play(before, log.live.at(-1))).countsAreBounds, true);
  });

  it('wins over a later edit, reaction and pin', () => {
    const log = new ModelLog();
    log.post('bob', 'one');
    const before = play(welcomed(log), log.page());
    log.recall(1, 'bob');
    const event = { type: 'event', conversation: 'talk', by: 'bob', at: '2026-01-02T03:04:05Z' };
    const after = play(
      before,
      log.live.at(-1),
      { ...event, offset: 3, kind: 'message.edited', data: { seq: 1, ...CONTENT } },
      { ...event, offset: 4, kind: 'pin.set', data: { seq: 1, on: true } },
    );

    const { recalled, body, pinned } = talk(after).log.messages[0];
    assert.deepEqual([recalled?.by, body, pinned], ['bob', {}, undefined]);
  });
});

const CONTENT = { kind: 'text', body: { text: 'late' }, revision: 9, edited_at: 'now' };

/** Everything in a state as text. @param {State} state */
const asText = (state) =>
  JSON.stringify(state, (_, value) => (value instanceof Map ? [...value] : value));

describe('messages deleted for oneself', () => {
  const deleted = (
    /** @type {number} */ offset,
    /** @type {string} */ kind,
    /** @type {any} */ data,
  ) => ({
    ...{ type: 'event.me', offset, kind, at: '2026-01-02T03:04:05Z' },
    data: { conversation: 'talk', ...data },
  });

  it('are gone, also from a page that was on its way', () => {
    const log = new ModelLog();
    for (const text of ['one', CANARY, 'three']) log.post('bob', text);
    const page = log.page();
    const hide = deleted(1, 'message.hidden', { seqs: [2] });
    for (const state of [play(welcomed(log), page, hide), play(welcomed(log), hide, page)]) {
      assert.deepEqual(
        talk(state).log.messages.map(({ hidden }) => Boolean(hidden)),
        [false, true, false],
      );
      assert.equal(asText(state).includes(CANARY), false);
      assert.equal(quotedMessage(talk(state), 2), null);
    }
  });

  it('leave nothing before a cleared history', () => {
    const log = new ModelLog();
    for (const text of ['one', 'two', 'three']) log.post('bob', text);
    const clear = deleted(1, 'history.cleared', { up_to: 2 });
    const state = play(welcomed(log), log.page(2), clear);
    assert.deepEqual(
      talk(state).log.messages.map(({ seq }) => seq),
      [3],
    );
    assert.equal(talk(state).head.last?.seq, 3);

    const all = play(state, deleted(2, 'history.cleared', { up_to: 3 }));
    assert.deepEqual(talk(all).log.messages, []);
    assert.deepEqual([talk(all).head.last, talk(all).head.unread], [null, 0]);
  });
});

describe('for random histories', () => {
  for (let seed = 1; seed <= 40; seed++) {
    it(`a page at any offset and the events after it show the present (${seed})`, () => {
      const log = new ModelLog();
      const start = welcomed(log);
      const pages = [log.page()];
      for (let step = 0; step < 24; step++) {
        log.change(random(seed * 1_000 + step));
        pages.push(log.page());
      }
      const fresh = seen(play(welcomed(log), log.page()));

      assert.deepEqual(seen(play(start, pages[0], ...log.live)), fresh);
      for (const page of pages) {
        const late = play(welcomed(log), page, log.synced(page.page.as_of));
        assert.deepEqual(seen(late), fresh);
        assert.equal(gapAfter(talk(late)), null);
      }
    });

    it(`applying any suffix twice changes nothing (${seed})`, () => {
      const log = new ModelLog();
      const start = play(welcomed(log), log.page());
      for (let step = 0; step < 24; step++) log.change(random(seed * 1_000 + step));
      const end = play(start, ...log.live);
      for (let from = 0; from < log.live.length; from += 5) {
        assert.equal(play(end, ...log.live.slice(from)), end);
        assert.equal(play(end, log.synced(from)), end);
      }
    });
  }
});

/** A number from 0 to 1 that is the same for a seed (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed + 0x6d2b79f5;
  return () => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}
