import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { parseBlocks } from '../../../src/entrypoints/web/client/markup/blocks.js';
import { parseInline } from '../../../src/entrypoints/web/client/markup/inline.js';
import { plainText } from '../../../src/entrypoints/web/client/markup/plain-text.js';

/** @import {Block, ListItem} from '../../../src/entrypoints/web/client/markup/blocks.js' */
/** @import {Inline} from '../../../src/entrypoints/web/client/markup/inline.js' */

/** @param {string} name */
const readCases = async (name) =>
  JSON.parse(await readFile(new URL(`../../cases/${name}.json`, import.meta.url), 'utf8'));

/**
 * All nodes of a tree.
 * @param {(Block | Inline | ListItem)[]} nodes
 * @returns {any[]}
 */
const flat = (nodes) =>
  nodes.flatMap((node) => [
    node,
    ...('nodes' in node ? flat(node.nodes) : []),
    ...('blocks' in node ? flat(node.blocks) : []),
    ...('items' in node ? flat(node.items) : []),
  ]);

/** @param {string} text */
const links = (text) =>
  flat(parseInline(text)).flatMap((node) => (node.kind === 'link' ? [node.href] : []));

/** The mentions that the service finds. */
const MENTIONS = await readCases('mentions');
/** Texts and what the service shows of them without marks. */
const CASES = await readCases('markdown');

/**
 * The handles that are highlighted in a message which mentions all of *members*.
 * @param {string} text
 * @param {string[]} members
 */
const highlighted = (text, members) =>
  flat(parseBlocks(text)).flatMap((node) =>
    node.kind === 'mention'
      ? (node.handles.find((/** @type {string} */ each) => members.includes(each)) ?? [])
      : [],
  );

/** @param {string} text the visible text, joined again */
const shown = (text) =>
  flat(parseInline(text))
    .map((node) => node.text ?? '')
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
    ['[x] (https://example.com/a)', ['https://example.com/a']],
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
      const found = flat(parseInline(text)).filter((node) => node.kind === 'link');
      assert.deepEqual(
        found.map((node) => node.text),
        expected,
      );
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
      { kind: 'text', nodes: [{ kind: 'plain', text: 'look:' }] },
      { kind: 'fence', text: 'x = 1', language: 'python' },
      { kind: 'text', nodes: [{ kind: 'plain', text: 'nice' }] },
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
      { kind: 'text', nodes: [{ kind: 'plain', text: 'a ``` b' }] },
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

/** A tree in short. @param {Inline[]} nodes @returns {string} */
const outline = (nodes) =>
  nodes
    .map((node) => {
      if ('nodes' in node) return `<${node.kind}>${outline(node.nodes)}</>`;
      return node.kind === 'plain' ? node.text : `{${node.text}}`;
    })
    .join('');

describe('marks', () => {
  for (const { name, text, plain } of CASES)
    it(`say without marks what the service says: ${name}`, () => {
      assert.equal(plainText(text), plain);
    });

  /** @type {[string, string][]} */
  const trees = [
    ['**a** *b* _c_ ~~d~~', '<bold>a</> <italic>b</> <italic>c</> <strike>d</>'],
    ['||a **b**||', '<spoiler>a <bold>b</></>'],
    ['***a** b*', '<italic><bold>a</> b</>'],
    ['***a* b**', '<bold><italic>a</> b</>'],
    ['*a **b***', '<italic>a <bold>b</></>'],
    ['***a***', '<bold><italic>a</></>'],
    ['**a `b**`', '**a {b**}'],
    ['[**a** https](https://example.org)', '<named-link><bold>a</> https</>'],
    ['[@ada](https://example.org)', '<named-link>@ada</>'],
  ];
  for (const [text, tree] of trees)
    it(`nest: ${text}`, () => assert.equal(outline(parseInline(text)), tree));

  it('of a link keep its address', () => {
    assert.deepEqual(parseInline('[a](HTTPS://Example.org)'), [
      {
        kind: 'named-link',
        href: 'https://example.org/',
        address: 'HTTPS://Example.org',
        nodes: [{ kind: 'plain', text: 'a' }],
      },
    ]);
  });

  it('of lists and quotes are blocks', () => {
    const text = (/** @type {string} */ one) => ({
      kind: 'text',
      nodes: [{ kind: 'plain', text: one }],
    });
    assert.deepEqual(parseBlocks('a\n\n> b\n> 2. c\n\nd'), [
      text('a'),
      {
        kind: 'quote',
        blocks: [text('b'), { kind: 'list', items: [{ number: 2, blocks: [text('c')] }] }],
      },
      text('d'),
    ]);
  });
});

const PIECES = [
  ...'*_~|`\\[]()>-.@#:/\n\n\t   abc1é谢😀^'.split(''),
  ...['**', '~~', '||', '```', '\n> ', '\n- ', '\n1. ', '\n  - ', 'https://a.b/', 'www.a.b'],
  ...['[a](https://a.b)', '](https://', '@ada', '\u0301', '\ufe0f', '¯\\_(ツ)_/¯'],
];

/** Random numbers that are the same in each run. @param {number} seed */
function* numbers(seed) {
  for (let value = seed; ; ) {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield value / 2_147_483_648;
  }
}

/** The words of a text. @param {string} text */
const words = (text) => text.replaceAll(/[^\p{L}\p{N}]/gu, '');

describe('random texts', () => {
  it('never lose a word, and are nested at most so deep', () => {
    const random = numbers(7);
    const pick = (/** @type {number} */ count) => Math.floor(Number(random.next().value) * count);
    for (let round = 0; round < 3_000; round++) {
      const text = Array.from({ length: pick(40) }, () => PIECES[pick(PIECES.length)]).join('');
      const nodes = flat(parseBlocks(text));
      const found = nodes.flatMap((node) => [
        node.number ?? '',
        node.kind === 'fence' ? [node.language ?? '', node.text] : (node.text ?? ''),
      ]);
      const addresses = nodes.map((node) => node.address ?? '');
      const sorted = (/** @type {string} */ all) => [...words(all)].sort().join('');
      assert.equal(sorted([...found.flat(), ...addresses].join('')), sorted(text), text);
      plainText(text);
    }
  });
});

describe('hostile text', () => {
  const size = 65_536;
  for (const piece of [
    ...[
      '`',
      '`a',
      '``a` ',
      '```',
      '```\n',
      '```a````',
      '@a.',
      '@a',
      '@1\ufe0f',
      '谢\u0301@',
      '@_',
      '@',
    ],
    ...['http://', 'https://a(', 'http://a.b/)))', 'https://a.com谢', 'www.a.b谢', 'a.b+', 'a@b.'],
    ...['*', '**', '*a ', '*a* ', '*a *b* ', '*a _b ~~c ||d **e ', '_a ', '*_~|', '~~', '谢*'],
    ...[
      '[',
      '((((',
      '[a](',
      '[a](https://',
      '[a](https://a.b/(',
      '[a](https://b.c) ',
      '\\',
      '\\*',
    ],
    ...[
      '> ',
      '> > > > ',
      '>\n',
      '- a\n',
      '  - a\n',
      '- - - ',
      '1. ',
      '> - > - ',
      '\n',
      ' \n',
      '\t',
    ],
  ])
    it(`of 64 KiB is parsed in linear time: ${JSON.stringify(piece)}`, () => {
      const text = piece.repeat(size / piece.length);
      const start = performance.now();
      const depth = depthOf(parseBlocks(text));
      assert.ok(performance.now() - start < 1_000);
      assert.ok(depth <= 20, `${depth} levels`);
    });
});

/** @param {any[]} nodes @returns {number} */
const depthOf = (nodes) =>
  nodes.reduce(
    (deepest, { nodes: inner, blocks, items }) =>
      Math.max(deepest, 1 + depthOf(inner ?? blocks ?? items ?? [])),
    0,
  );
