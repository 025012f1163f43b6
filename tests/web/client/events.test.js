/** This client handles every kind of event that the service sends, or skips it on purpose. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { INITIAL_STATE, reduce } from '../../../src/entrypoints/web/client/store.js';
import {
  CONVERSATION_KINDS,
  MESSAGE_KINDS,
  PRIVATE_KINDS,
  SKIPPED_KINDS,
} from '../../../src/entrypoints/web/client/store/kinds.js';
import { setClient } from '../../../src/entrypoints/web/ui/context.js';
import { systemMessageText } from '../../../src/entrypoints/web/ui/system-messages.js';

/** @import {Frame, State} from '../../../src/entrypoints/web/client/types.js' */

/** @type {{kind: string, audience: 'conversation' | 'private', frame: Frame}[]} */
const GOLDEN = JSON.parse(
  await readFile(new URL('../../golden/events.json', import.meta.url), 'utf8'),
);
const LIST = 'src/entrypoints/web/client/store/kinds.js';
const TEXTS = 'src/entrypoints/web/ui/system-messages.js';
const ME = '01942f6e-31c4-7b6a-9d2e-5f1a7c3b8e01';
const TALK = '01942f70-0a10-7e55-b3c9-8d7f2e6a4b03';

/** The state of a member before the golden events, whose offsets are 134 and 8. @type {State} */
const BEFORE = [
  { type: 'signed-in', me: { id: ME, handle: 'alice', display_name: 'Alice' }, device: 'here' },
  {
    type: 'welcome',
    cursor: '7',
    heads: [
      {
        ...{ conversation: TALK, kind: 'group', title: 'Lobby', members: 2, role: 'owner' },
        ...{ seq: 121, offset: 133, read: 118, received: 121, unread: 2, mentions: 0 },
        pinned: false,
        draft: { text: 'Not sent yet', at: '2026-01-02T03:04:05Z' },
      },
    ],
  },
  {
    ...{ type: 'page', conversation: TALK },
    page: { place: 'newest', base: 133, messages: [], more_before: false, more_after: false },
  },
  {
    ...{ type: 'event.me', offset: 7, kind: 'notification.added', at: '2026-01-02T03:04:05Z' },
    data: {
      id: `${TALK}/121`,
      kind: 'mention',
      conversation: TALK,
      seq: 121,
      by: ME,
      excerpt: '',
    },
  },
].reduce(reduce, INITIAL_STATE);

describe('every kind of event that the service sends', () => {
  for (const { kind, audience, frame } of GOLDEN) {
    if (SKIPPED_KINDS.has(kind)) continue;

    it(`is applied: ${kind} ${JSON.stringify(frame.data)}`, () => {
      const known = audience === 'conversation' ? CONVERSATION_KINDS : PRIVATE_KINDS;
      assert.ok(known.has(kind), `${kind} is missing in ${LIST}`);
      const after = reduce(BEFORE, frame);

      assert.equal(after.unknownEventCount, BEFORE.unknownEventCount);
      assert.notDeepEqual({ ...after, privateOffset: 0 }, { ...BEFORE, privateOffset: 0 });
    });
  }

  it('has a text between the messages, unless it is a message or changes one', () => {
    setClient(/** @type {any} */ ({ state: BEFORE }));
    const unknown = systemMessageText(/** @type {any} */ ({ kind: 'pet.fed', by: ME, data: {} }));
    for (const { kind, audience, frame } of GOLDEN) {
      if (audience === 'private' || kind === 'message.posted') continue;
      if (MESSAGE_KINDS.has(kind) || SKIPPED_KINDS.has(kind)) continue;
      assert.notEqual(
        systemMessageText(/** @type {any} */ (frame)),
        unknown,
        `${kind} in ${TEXTS}`,
      );
    }
  });
});

describe('an unknown kind', () => {
  it('is counted and skipped, and advances the offset', () => {
    const [shared, own] = ['conversation', 'private'].map((audience) => {
      const [{ frame }] = GOLDEN.filter((golden) => golden.audience === audience);
      return reduce(BEFORE, { ...frame, kind: 'pet.fed', data: { conversation: TALK } });
    });

    assert.deepEqual([shared.unknownEventCount, own.unknownEventCount], [1, 1]);
    assert.equal(shared.conversations.get(TALK)?.head.offset, 134);
    assert.equal(own.privateOffset, 8);
  });
});

it('the lists contain no kind that the service does not send', () => {
  const sent = new Set(GOLDEN.map(({ kind }) => kind));
  for (const kind of [...CONVERSATION_KINDS, ...PRIVATE_KINDS, ...SKIPPED_KINDS])
    assert.ok(sent.has(kind), `${kind} in ${LIST}`);
});
