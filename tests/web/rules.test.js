/** Rules that every file of the page keeps. */

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';

const WEB = new URL('../../src/entrypoints/web/', import.meta.url);

const names = (await readdir(WEB, { recursive: true })).filter((name) =>
  /\.(js|html|css|svg)$/.test(name),
);
const files = new Map(
  await Promise.all(
    names.map(
      async (name) => /** @type {const} */ ([name, await readFile(new URL(name, WEB), 'utf8')]),
    ),
  ),
);
const scripts = [...files].filter(([name]) => name.endsWith('.js'));

describe('the page', () => {
  it('never makes a document or a script out of text', () => {
    const sinks =
      /\.(innerHTML|outerHTML|srcdoc)\b|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTMLUnsafe|\beval\(|new Function\(|setTimeout\(\s*['"`]/;
    for (const [name, text] of scripts) assert.ok(!sinks.test(text), name);
  });

  it('has nothing inline that a strict policy forbids', () => {
    for (const [name, text] of files) {
      if (!name.endsWith('.html')) continue;
      assert.ok(!/\son\w+=|\sstyle=|<style|javascript:/i.test(text), name);
      assert.ok(!/<script(?![^>]*\ssrc=)/i.test(text), name);
    }
    for (const [name, text] of scripts)
      assert.ok(!/setAttribute\(\s*['"](style|on\w+)['"]/.test(text), name);
  });

  it('loads nothing from anywhere else', () => {
    for (const [name, text] of files) {
      for (const [address] of text.matchAll(/https?:\/\/[^\s"'`)>]+/g)) {
        assert.equal(address, 'http://www.w3.org/2000/svg', name);
      }
    }
  });

  it('keeps its files short enough to be read', () => {
    for (const [name, text] of scripts)
      assert.ok(text.split('\n').length <= 280, `${name}: ${text.split('\n').length} lines`);
  });
});

describe('the client', () => {
  it('knows nothing of the page around it', () => {
    for (const [name, text] of scripts) {
      if (!name.startsWith('client/')) continue;
      for (const [, path] of text.matchAll(/from '([^']+)'/g))
        assert.doesNotMatch(path, /ui\/|text\//, name);
    }
  });

  it('is served: every module that is imported is there', () => {
    for (const [name, text] of scripts) {
      for (const [, path] of text.matchAll(/(?:from|import) '(\.[^']+)'/g)) {
        const target = new URL(path, new URL(name, WEB)).href.slice(WEB.href.length);
        assert.ok(files.has(target), `${name} imports ${target}`);
      }
    }
  });
});
