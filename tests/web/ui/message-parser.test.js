import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import {
  parseBlocks,
  isEmojiOnly,
  parseInline,
} from '../../../src/entrypoints/web/ui/message-parser.js';

/** @param {string} text */
const links = (text) =>
  parseInline(text).flatMap((token) => (token.kind === 'link' ? [token.href] : []));

/** The mentions that the service finds. */
const MENTIONS = JSON.parse(
  await readFile(new URL('../../cases/mentions.json', import.meta.url), 'utf8'),
);

/**
 * The handles that are highlighted in a message which mentions all of *members*.
 * @param {string} text
 * @param {string[]} members
 */
const highlighted = (text, members) =>
  parseBlocks(text)
    .flatMap((block) => (block.kind === 'text' ? block.tokens : []))
    .flatMap((token) =>
      token.kind === 'mention' ? (token.handles.find((each) => members.includes(each)) ?? []) : [],
    );

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
    assert.deepEqual(links('看 https://example.org/甲。好'), ['https://example.org/%E7%94%B2']);
    assert.deepEqual(links('https://example.org!!!'), ['https://example.org/']);
  });

  /** Text → the links in it, as they are shown. @type {[string, string[]][]} */
  const cases = [
    ['看 https://example.com，谢谢', ['https://example.com']],
    ['看https://example.com谢谢', ['https://example.com']],
    ['（https://example.com/a）', ['https://example.com/a']],
    ['「https://example.com/a」', ['https://example.com/a']],
    ['https://zh.wikipedia.org/wiki/树 是', ['https://zh.wikipedia.org/wiki/树']],
    ['https://例子.测试/路径', ['https://例子.测试/路径']],
    ['*https://example.com/a*', ['https://example.com/a']],
    [
      '**https://example.com/a**, ~https://example.com~',
      ['https://example.com/a', 'https://example.com'],
    ],
    ['https://example.com/a_b_', ['https://example.com/a_b_']],
    ['[x](https://example.com/a)', ['https://example.com/a']],
    ['|https://example.com|', ['https://example.com']],
    ['https://example.com/?a=b&c=d;e!', ['https://example.com/?a=b&c=d;e']],
    ['https://example.com:8080/x#y.', ['https://example.com:8080/x#y']],
    ['www.example.com, www.example.com/a.', ['www.example.com', 'www.example.com/a']],
    ['www. www.. www.a wwww.example.com x.www.example.com', []],
    ['看 www.example.com谢谢', ['www.example.com']],
    ['write to ada.w+x@mail.example.org.', ['ada.w+x@mail.example.org']],
    ['a@b ada@@example.org @ada', []],
  ];
  for (const [text, expected] of cases)
    it(`in ${text}`, () => {
      const found = parseInline(text).filter((token) => token.kind === 'link');
      assert.deepEqual(
        found.map((token) => token.text),
        expected,
      );
      assert.equal(shown(text), text);
    });

  it('have a scheme that the text leaves out', () => {
    assert.deepEqual(links('www.example.com ada@example.org'), [
      `${'http:'}//www.example.com/`,
      'mailto:ada@example.org',
    ]);
  });

  it('are followed by mentions', () => {
    assert.deepEqual(highlighted('https://example.com谢谢 @bob', ['bob']), ['bob']);
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
      { kind: 'fence', text: 'x = 1', language: 'python' },
      { kind: 'text', tokens: [{ kind: 'plain', text: 'nice' }] },
    ]);
  });

  it('never loses a word', () => {
    const fence = (/** @type {string} */ text) => parseBlocks(text)[0];
    assert.deepEqual(fence('```done\nnext```'), { kind: 'fence', text: 'done\nnext' });
    assert.deepEqual(fence('```word```'), { kind: 'fence', text: 'word' });
    assert.deepEqual(fence('```\nword\n```'), { kind: 'fence', text: 'word' });
    assert.deepEqual(fence('````\n```js\n1\n```\n````'), {
      kind: 'fence',
      text: '```js\n1\n```',
    });
    assert.deepEqual(fence('````a````'), { kind: 'fence', text: 'a' });
  });

  it('that is never closed is text', () => {
    assert.deepEqual(parseBlocks('a ``` b'), [
      { kind: 'text', tokens: [{ kind: 'plain', text: 'a ``` b' }] },
    ]);
  });

  it('contains no links or mentions', () => {
    assert.deepEqual(links('`https://example.org`'), []);
    assert.deepEqual(highlighted('`@bob` ```\n@bob\n```', ['bob']), []);
  });
});

describe('mentions', () => {
  const members = [...MENTIONS.members, 'all'];
  for (const { name, text, mentioned } of MENTIONS.cases)
    it(`are those of the service: ${name}`, () => {
      const found = [...new Set(highlighted(text, members))];
      assert.deepEqual(found.toSorted(), mentioned.toSorted());
      assert.deepEqual(
        found.filter((handle) => handle !== 'all'),
        mentioned.filter((/** @type {string} */ handle) => handle !== 'all'),
      );
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
      '@a',
      '@1\ufe0f',
      '谢\u0301@',
      '@_',
      'http://',
      'https://a(',
      '```',
      '((((',
      '@',
      'http://a.b/)))',
      'https://a.com谢',
      'www.a.b谢',
      'a.b+',
      'a@b.',
      '```a````',
    ]) {
      const text = piece.repeat(size / piece.length);
      const start = performance.now();
      parseBlocks(text);
      assert.ok(performance.now() - start < 1_000, piece);
    }
  });
});
