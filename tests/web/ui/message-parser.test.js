import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  parseBlocks,
  mentionedHandles,
  isEmojiOnly,
  parseInline,
} from '../../../src/entrypoints/web/ui/message-parser.js';

/** @param {string} text */
const links = (text) =>
  parseInline(text).flatMap((token) => (token.kind === 'link' ? [token.href] : []));

/** @param {string} text the visible text, joined again */
const shown = (text) =>
  parseInline(text)
    .map((token) => token.text)
    .join('');

describe('links', () => {
  it('are web addresses and nothing else', () => {
    assert.deepEqual(links('see https://example.org/a?b=c#d and http://example.com'), [
      'https://example.org/a?b=c#d',
      'http://example.com/',
    ]);
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,<script>',
      'vbscript:x',
      'file:///etc/passwd',
      'example.org',
      'ftp://example.org',
      'JaVaScRiPt:alert(1)',
      'https://bank.example:pay@evil.example/',
    ]) {
      assert.deepEqual(links(text), [], text);
    }
  });

  it('exclude trailing punctuation', () => {
    assert.deepEqual(links('Look (https://example.org/a).'), ['https://example.org/a']);
    assert.deepEqual(links('https://example.org/wiki/Tree_(graph), yes'), [
      'https://example.org/wiki/Tree_(graph)',
    ]);
    assert.deepEqual(links('看 https://example.org/甲。好'), [
      'https://example.org/%E7%94%B2%E3%80%82%E5%A5%BD',
    ]);
    assert.deepEqual(links('https://example.org!!!'), ['https://example.org/']);
  });

  it('preserve every character of the text', () => {
    for (const text of [
      'a https://x.org/) b',
      '`code` @bob http://a.b/c?d, e',
      'http:// nothing',
      '`` ` @ @- a@b.c',
    ]) {
      assert.equal(shown(text), text.replaceAll(/`([^`\n]+)`/g, '$1'), text);
    }
  });
});

describe('code', () => {
  it('is between fences, without the name of its language', () => {
    assert.deepEqual(parseBlocks('look:\n```python\nx = 1\n```\nnice'), [
      { kind: 'text', tokens: [{ kind: 'plain', text: 'look:' }] },
      { kind: 'fence', text: 'x = 1' },
      { kind: 'text', tokens: [{ kind: 'plain', text: 'nice' }] },
    ]);
  });

  it('that is never closed is text', () => {
    assert.deepEqual(parseBlocks('a ``` b'), [
      { kind: 'text', tokens: [{ kind: 'plain', text: 'a ``` b' }] },
    ]);
  });

  it('contains no links or mentions', () => {
    assert.deepEqual(links('`https://example.org`'), []);
    assert.deepEqual(mentionedHandles('`@bob` ```\n@bob\n```'), []);
  });
});

describe('mentions', () => {
  it('are handles after an at sign, but not in e-mail addresses', () => {
    assert.deepEqual(mentionedHandles('@bob and @kim.park, mail a@b.org. @Ada!'), [
      'bob',
      'kim.park',
      'ada',
    ]);
    assert.deepEqual(mentionedHandles('thanks @bob.'), ['bob']);
  });
});

describe('emoji', () => {
  it('are recognised if a message contains nothing else', () => {
    for (const text of ['👍', '👩‍👩‍👧 ❤️', '🏳️‍🌈🇨🇳']) assert.ok(isEmojiOnly(text), text);
    for (const text of ['1', '#', 'a👍', '👍👍👍👍👍👍👍', ''])
      assert.ok(!isEmojiOnly(text), text);
  });
});

describe('hostile text', () => {
  it('of 64 KiB is parsed within a second', () => {
    const size = 65_536;
    for (const piece of [
      '`',
      '`a',
      '@a.',
      'http://',
      'https://a(',
      '```',
      '((((',
      '@',
      'http://a.b/)))',
    ]) {
      const text = piece.repeat(size / piece.length);
      const start = performance.now();
      parseBlocks(text);
      assert.ok(performance.now() - start < 1_000, piece);
    }
  });
});
