import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { EMPTY_LOG } from '../../../src/entrypoints/web/client/store/log.js';
import { HeightTree, MeasuredHeights } from '../../../src/entrypoints/web/ui/row-heights.js';
import { TimelineRowBuilder } from '../../../src/entrypoints/web/ui/timeline-rows.js';

/**
 * @import {OutboxEntry, Log, LoggedMessage, SystemMessage} from '../../../src/entrypoints/web/client/types.js'
 */

const NOON = new Date(2026, 0, 2, 12).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** @param {number} seq @param {string} by @param {number} time @returns {LoggedMessage} */
const message = (seq, by, time) => ({
  conversation: 'c',
  seq,
  offset: seq + 1,
  by,
  at: new Date(time).toISOString(),
  time,
  key: `k${seq}`,
  kind: 'text',
  body: { text: String(seq) },
  revision: 1,
});

/** @param {Partial<Log>} log @param {object} [more] */
const rowsOf = (log, more) => new TimelineRowBuilder().build(inputOf(log, more));

/** @param {Partial<Log>} log @param {object} [more] */
const inputOf = (log, more) => ({
  log: { ...EMPTY_LOG, loaded: true, moreBefore: false, ...log },
  pending: [],
  me: 'me',
  group: true,
  unread: null,
  ...more,
});

/** @param {import('../../../src/entrypoints/web/ui/timeline-rows.js').TimelineRow[]} rows */
const kinds = (rows) => rows.map((row) => row.kind);

describe('the rows of a timeline', () => {
  it('start with the beginning, with one row for each day', () => {
    const rows = rowsOf({
      messages: [
        message(1, 'a', NOON),
        message(2, 'a', NOON + MINUTE),
        message(3, 'a', NOON + DAY),
      ],
    });
    assert.deepEqual(kinds(rows), ['start', 'day', 'message', 'message', 'day', 'message']);
  });

  it('never repeat a day if the times are not ascending', () => {
    const rows = rowsOf({
      messages: [
        message(1, 'a', NOON),
        message(2, 'b', NOON + DAY),
        message(3, 'a', NOON),
        message(4, 'b', NOON + DAY),
      ],
    });
    assert.equal(rows.filter((row) => row.kind === 'day').length, 2);
    assert.equal(new Set(rows.map((row) => row.key)).size, rows.length);
  });

  it('group messages of one sender within a short time', () => {
    const rows = rowsOf({
      messages: [
        message(1, 'a', NOON),
        message(2, 'a', NOON + MINUTE),
        message(3, 'b', NOON + MINUTE),
        message(4, 'b', NOON + 20 * MINUTE),
      ],
    });
    const groups = rows.flatMap((row) =>
      row.kind === 'message' ? [[row.first, row.last, row.showsAuthor]] : [],
    );
    assert.deepEqual(groups, [
      [true, false, true],
      [false, true, false],
      [true, true, true],
      [true, true, true],
    ]);
  });

  it('have the unread divider before the first unread message of somebody else', () => {
    const rows = rowsOf(
      { messages: [message(1, 'a', NOON), message(2, 'me', NOON), message(3, 'a', NOON)] },
      { unread: { after: 1, count: 1 } },
    );
    assert.deepEqual(kinds(rows), ['start', 'day', 'message', 'message', 'unread', 'message']);
  });

  it('contain system messages by their offset', () => {
    const note = /** @type {SystemMessage} */ ({
      conversation: 'c',
      offset: 3,
      kind: 'member.added',
      by: 'a',
      at: '',
      time: NOON,
      data: {},
    });
    const messages = [
      { ...message(1, 'a', NOON), offset: 2 },
      { ...message(2, 'a', NOON), offset: 4 },
    ];
    assert.deepEqual(kinds(rowsOf({ messages, systemMessages: [note] })), [
      'start',
      'day',
      'message',
      'system',
      'message',
    ]);
  });

  it('omit system messages before the loaded messages', () => {
    const note = /** @type {SystemMessage} */ ({
      conversation: 'c',
      offset: 1,
      kind: 'member.added',
      by: 'a',
      at: '',
      time: NOON,
      data: {},
    });
    assert.deepEqual(
      kinds(
        rowsOf({ messages: [message(9, 'a', NOON)], systemMessages: [note], moreBefore: true }),
      ),
      ['more', 'day', 'message'],
    );
  });

  it('end with unsent messages, whose key does not change when they are sent', () => {
    const entry = /** @type {OutboxEntry} */ ({
      key: 'k2',
      user: 'me',
      conversation: 'c',
      kind: 'text',
      body: { text: 'x' },
      time: NOON,
      status: 'waiting',
    });
    const waiting = rowsOf({ messages: [message(1, 'a', NOON)] }, { pending: [entry] });
    const sent = rowsOf({ messages: [message(1, 'a', NOON), message(2, 'me', NOON)] });
    assert.equal(waiting.at(-1)?.key, sent.at(-1)?.key);
  });

  it('are identical objects if nothing visible changed', () => {
    const messages = Array.from({ length: 999 }, (_, index) =>
      message(index + 1, index % 3 ? 'a' : 'me', NOON + index * MINUTE),
    );
    const spoken = (/** @type {LoggedMessage[]} */ some) =>
      rowsOf({ messages: some }).filter((row) => row.kind === 'message');
    const before = spoken(messages.slice(0, -1));
    const after = spoken(messages);

    assert.ok(after.slice(0, -2).every((row, index) => row === before[index]));
    // The last message was joined by another one of its group.
    assert.deepEqual(
      [before.at(-1), after.at(-2)].map((row) => row?.kind === 'message' && row.last),
      [true, false],
    );
  });

  it('are the same after incremental builds as after one full build', () => {
    const note = /** @type {SystemMessage} */ ({
      ...{ conversation: 'c', offset: 9, kind: 'member.added', by: 'a', at: '', data: {} },
      time: NOON + DAY,
    });
    const entry = /** @type {OutboxEntry} */ ({
      ...{ key: 'k9', user: 'me', conversation: 'c', kind: 'text', body: { text: 'x' } },
      ...{ time: NOON + DAY, status: 'waiting' },
    });
    const all = Array.from({ length: 12 }, (_, index) =>
      message(index + 1, index % 4 ? 'a' : 'me', NOON + (index * DAY) / 8),
    );
    const unread = { after: 6, count: 2 };
    const rows = new TimelineRowBuilder();
    for (const [log, more] of /** @type {[Partial<Log>, object][]} */ ([
      [{ messages: [] }, {}],
      [{ messages: all.slice(4, 6) }, {}],
      [{ messages: all.slice(4, 6) }, { pending: [entry] }],
      [{ messages: all.slice(4, 9) }, { pending: [] }],
      [{ messages: all.slice(4, 9) }, { unread }],
      [{ messages: all.slice(4, 10) }, { unread }],
      [{ messages: all.slice(4, 10), systemMessages: [note] }, { unread }],
      [
        { messages: all.slice(4, 12), systemMessages: [note] },
        { unread, pending: [entry] },
      ],
      [{ messages: all.slice(0, 12), systemMessages: [note] }, {}],
      [{ messages: all.slice(0, 11).concat({ ...all[11], body: { text: 'new' } }) }, {}],
      [{ messages: all.slice(2, 5), moreAfter: true }, {}],
    ]))
      assert.deepEqual(rows.build(inputOf(log, more)), rowsOf(log, more));
  });
});

describe('a height tree', () => {
  it('sums heights and finds the row at an offset', () => {
    const heights = new HeightTree([10, 20, 30]);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => heights.offsetOf(index)),
      [0, 10, 30, 60],
    );
    assert.deepEqual(
      [-5, 0, 9, 10, 29, 30, 59, 60, 999].map((height) => heights.rowAt(height)),
      [0, 0, 0, 1, 1, 2, 2, 2, 2],
    );
  });

  it('returns the same after changes as a plain sum', () => {
    const plain = Array.from({ length: 999 }, (_, index) => (index * 37) % 90);
    const heights = new HeightTree(plain);
    for (let index = 0; index < 1_000; index += 7) {
      plain[index] = (index * 13) % 70;
      heights.set(index, plain[index]);
    }
    let sum = 0;
    for (const [index, height] of plain.entries()) {
      assert.equal(heights.offsetOf(index), sum);
      if (height) assert.equal(heights.rowAt(sum), index);
      sum += height;
    }
    assert.equal(heights.total, sum);
  });

  it('may be empty', () => {
    assert.equal(new HeightTree([]).total, 0);
    assert.equal(new HeightTree([]).rowAt(5), 0);
  });
});

describe('measured rows', () => {
  const rows = (/** @type {string} */ keys) => [...keys].map((key) => ({ key }));
  const ten = () => 10;

  // After many changes a list knows the same as a new list of the same rows.
  it('keep their index and height when rows are added and removed', () => {
    const measured = new MeasuredHeights();
    measured.set(rows('mnop'), ten);
    measured.setMeasured('n', 25);
    for (const keys of [
      'lmnop',
      'lmnopq',
      'klmnopq',
      'klmXnopq',
      'klmnopq',
      'Zn',
      '',
      'an',
      'nb',
    ]) {
      measured.set(rows(keys), ten);
      assert.deepEqual(
        [...'abklmnopqXZ'].map((key) => measured.indexOf(key) ?? -1),
        [...'abklmnopqXZ'].map((key) => keys.indexOf(key)),
        keys,
      );
      const heights = [...keys].map((key) => (key === 'n' ? 25 : 10));
      assert.deepEqual(
        [...keys].map((_, index) => measured.tree.heightAt(index)),
        heights,
        keys,
      );
    }
  });
});
