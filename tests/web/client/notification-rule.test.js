/** What notifies whom in an open page, by the cases that the service runs through as well. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { circumstancesOf, decide } from '../../../src/entrypoints/web/client/notification-rule.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const LATER = '2026-01-02T03:04:06Z';
const EARLIER = '2026-01-02T03:04:05Z';

/**
 * tests/unit/domain/test_notification_rule.py reads the same file.
 * @type {{name: string, case: Record<string, any>, notice: object}[]}
 */
const CASES = JSON.parse(
  await readFile(new URL('../../cases/notifications.json', import.meta.url), 'utf8'),
);

/** @param {Record<string, any>} known */
function circumstances(known) {
  const head = {
    kind: known.kind,
    read: known.read ? 7 : 6,
    muted_until: known.muted ? LATER : known.was_muted ? EARLIER : null,
  };
  return circumstancesOf(
    /** @type {any} */ ({ head }),
    { by: known.by ?? 'alice', seq: 7, data: { mentions: known.mentions } },
    'me',
    {
      now: NOW,
      isQuiet: Boolean(known.quiet),
      isFocused: Boolean(known.focused),
      isBlocked: Boolean(known.blocked),
    },
  );
}

describe('the rule for notifications', () => {
  for (const { name, case: known, notice } of CASES)
    it(`decides ${name}`, () => {
      assert.deepEqual(decide(circumstances(known)), notice);
    });
});
