import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import {
  quickReactions,
  rememberEmoji,
  setSkinTone,
  skinTone,
  usedEmoji,
} from '../../../src/entrypoints/web/ui/emoji-usage.js';
import { localValues } from '../../../src/entrypoints/web/ui/local-values.js';

const USED_KEY = 'parlour.emoji.used';

beforeEach(() => {
  for (const key of localValues.keys()) localValues.remove(key);
});

describe('the reactions at hand', () => {
  it('are six well-known ones at first', () => {
    assert.deepEqual(quickReactions(), ['👍', '❤️', '😂', '😮', '😢', '🙏']);
  });

  it('begin with those that somebody uses, each once', () => {
    rememberEmoji('🎉');
    rememberEmoji('❤️');
    assert.deepEqual(quickReactions(), ['❤️', '🎉', '👍', '😂', '😮', '😢']);
  });

  it('are six, however many somebody uses', () => {
    for (const emoji of '🍎🍐🍊🍋🍌🍉🍇') rememberEmoji(emoji);
    assert.deepEqual(quickReactions(), ['🍇', '🍉', '🍌', '🍋', '🍊', '🍐']);
  });
});

describe('the emoji that somebody used', () => {
  it('stand in the order of how often and how lately they were used', () => {
    for (const emoji of ['👍', '👍', '👍', '🎉']) rememberEmoji(emoji);
    assert.deepEqual(usedEmoji(), ['👍', '🎉']);
    for (let turn = 0; turn < 10; turn++) rememberEmoji('🎉');
    rememberEmoji('👀');
    assert.deepEqual(usedEmoji(), ['🎉', '👀', '👍']);
  });

  it('are forgotten after 45 others', () => {
    for (let code = 0x1f400; code < 0x1f400 + 46; code++)
      rememberEmoji(String.fromCodePoint(code));
    const used = usedEmoji();
    assert.equal(used.length, 45);
    assert.equal(used[0], String.fromCodePoint(0x1f400 + 45));
    assert.ok(!used.includes(String.fromCodePoint(0x1f400)));
  });

  it('are none where something else is stored', () => {
    for (const stored of ['{', '{}', 'null', '[1, ["👍"], [2, 2]]']) {
      localValues.set(USED_KEY, stored);
      assert.deepEqual(usedEmoji(), []);
    }
  });
});

describe('the skin tone', () => {
  it('is none at first, and then the one that was chosen', () => {
    assert.equal(skinTone(), 0);
    setSkinTone(3);
    assert.equal(skinTone(), 3);
  });

  it('is none where something else is stored', () => {
    localValues.set('parlour.emoji.tone', '7');
    assert.equal(skinTone(), 0);
  });
});
