import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { plainText } from '../../../src/entrypoints/web/client/markup/plain-text.js';
import {
  hasFormat,
  pasteAddress,
  toggleFormat,
} from '../../../src/entrypoints/web/ui/format-text.js';

/** @import {Edit} from '../../../src/entrypoints/web/ui/format-lines.js' */
/** @import {Format} from '../../../src/entrypoints/web/ui/format-text.js' */

/** A text in which the selection is between ‹ and ›. @param {string} marked */
const read = (marked) => ({
  text: marked.replace(/[‹›]/g, ''),
  selected: { start: marked.indexOf('‹'), end: marked.indexOf('›') - 1 },
});

/** @param {string} text @param {Edit | null} edit @returns {string} */
function changed(text, edit) {
  if (!edit) return text;
  const result = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
  return `${result.slice(0, edit.start)}‹${result.slice(edit.start, edit.end)}›${result.slice(edit.end)}`;
}

/** @param {Format} format @param {string} marked */
function toggled(format, marked) {
  const { text, selected } = read(marked);
  return changed(text, toggleFormat(format, text, selected));
}

describe('a format', () => {
  /** Format, before, after; most of them lead back, too. @type {[Format, string, string][]} */
  const there_and_back = [
    ['bold', 'a ‹word› b', 'a **‹word›** b'],
    ['italic', '‹word›', '*‹word›*'],
    ['strike', '‹a b›', '~~‹a b›~~'],
    ['code', 'a ‹word›', 'a `‹word›`'],
    ['code', 'a ‹x`y›', 'a ``‹x`y›``'],
    ['italic', '**‹word›**', '***‹word›***'],
    ['bold', '*‹word›*', '***‹word›***'],
    ['bold', '一‹二›三', '一**‹二›**三'],
    ['bold', '‹one\n\n- two›', '‹**one**\n\n- **two**›'],
    ['bold', '‹›', '**‹›**'],
    ['code', 'a ‹›', 'a `‹›`'],
    ['code', '‹one\ntwo›', '```\n‹one\ntwo›\n```'],
    ['quote', '‹one\ntwo›', '‹> one\n> two›'],
    ['list', '‹one\ntwo›', '‹- one\n- two›'],
    ['list', 'one\n‹two›\nthree', 'one\n‹- two›\nthree'],
  ];
  for (const [format, before, after] of there_and_back)
    it(`${format} is set and taken away: ${JSON.stringify(before)}`, () => {
      assert.equal(toggled(format, before), after);
      assert.equal(toggled(format, after), before);
      if (before !== '‹›' && before !== 'a ‹›') {
        const [was, is] = [read(before), read(after)];
        assert.ok(!hasFormat(format, was.text, was.selected));
        assert.ok(hasFormat(format, is.text, is.selected));
      }
    });

  /** @type {[Format, string, string][]} */
  const one_way = [
    ['bold', 'a‹ word ›b', 'a **‹word›** b'],
    ['bold', 'un‹fri›endly', '**‹unfriendly›**'],
    ['bold', '‹**a**›', '‹a›'],
    ['italic', '‹_a_›', '‹a›'],
    ['italic', '_‹a›_', '‹a›'],
    ['bold', '***‹a›***', '*‹a›*'],
    ['bold', '‹**a**\nb›', '‹**a**\n**b**›'],
    ['bold', '> ‹a›', '> **‹a›**'],
    ['bold', 'a‹   ›b', 'a   b'],
    ['code', 'x ‹one\ntwo› y', 'x \n```\n‹one\ntwo›\n```\n y'],
    ['code', '‹```js\none\n```\n›', '‹one›'],
    ['quote', 'a‹›b\nc', '> a‹›b\nc'],
    ['quote', '‹a\n\nb›', '‹> a\n>\n> b›'],
    ['list', '‹a\n\n- b›', '‹- a\n\n- b›'],
    ['quote', 'x\n‹a\n›y', 'x\n‹> a›\ny'],
    ['link', 'see ‹the page›', 'see [the page](https://‹›)'],
    ['link', 'see ‹https://a.b/c›', 'see [‹›](https://a.b/c)'],
    ['link', 'see ‹›', 'see [‹›](https://)'],
    ['link', '[‹x›](https://a.b)', '‹x›'],
    ['link', '‹a\nb›', 'a\nb'],
    ['link', '‹a [b]›', 'a [b]'],
  ];
  for (const [format, before, after] of one_way)
    it(`${format} of ${JSON.stringify(before)}`, () => {
      assert.equal(toggled(format, before), after);
    });

  it('is one that the page shows, wherever it is set', () => {
    const text = 'Some words,a2b (x) 中文。\n\n> a quote\n- an item\n3. th-ree';
    for (let start = 0; start < text.length; start++)
      for (let end = start + 1; end <= text.length; end++)
        for (const format of /** @type {Format[]} */ (['bold', 'strike'])) {
          const edit = toggleFormat(format, text, { start, end });
          const written = changed(text, edit).replace(/[‹›]/g, '');
          if (!/[\p{L}\p{N}]/u.test(text.slice(start, end))) continue;
          assert.ok(!/\*\*|~~/.test(plainText(written)), written);
        }
  });
});

describe('an address', () => {
  /** @type {[string, string, string | null][]} */
  const cases = [
    ['see ‹this›', 'https://a.b/c', 'see [this](https://a.b/c)‹›'],
    ['[x](https://‹›)', 'https://a.b/c', '[x](https://a.b/c‹›)'],
    ['[x](https://‹›)', 'mailto:a@b.co', '[x](mailto:a@b.co‹›)'],
    ['see ‹›', 'https://a.b', null],
    ['see ‹https://c.d›', 'https://a.b', null],
    ['‹a\nb›', 'https://a.b', null],
    ['‹a›', 'no address', null],
    ['‹a›', 'javascript:alert(1)', null],
  ];
  for (const [before, pasted, after] of cases)
    it(`${pasted} is pasted onto ${JSON.stringify(before)}`, () => {
      const { text, selected } = read(before);
      const edit = pasteAddress(text, selected, pasted);
      assert.equal(edit && changed(text, edit), after);
    });
});
