import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { typedCode } from '../../../src/entrypoints/web/ui/emoji-codes.js';

/** @param {string} text */
const typed = (text) => typedCode(text, text.length);

describe('the code of an emoji', () => {
  it('begins with a colon after a space or at the start, before the cursor', () => {
    assert.deepEqual(typed(':smi'), { query: 'smi', start: 0 });
    assert.deepEqual(typed('well (:heart_e'), { query: 'heart_e', start: 6 });
    assert.deepEqual(typed('so\n:+1'), { query: '+1', start: 3 });
    assert.deepEqual(typedCode('go :smi on', 7), { query: 'smi', start: 3 });
  });

  it('may be Chinese', () => {
    assert.deepEqual(typed('好 ：笑'), { query: '笑', start: 2 });
    assert.deepEqual(typed(':笑脸'), { query: '笑脸', start: 0 });
  });

  it('is no time, address, smiley or end of a word', () => {
    for (const text of [
      'at 10:30',
      'https://',
      ':D',
      ':3',
      ':-)',
      'note:here',
      ': hello',
      ':smile ',
    ])
      assert.equal(typed(text), null, text);
  });
});
