/** Rules for every file of the page. */

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
  it('never parses text as HTML or script', () => {
    const sinks =
      /\.(innerHTML|outerHTML|srcdoc)\b|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTMLUnsafe|\beval\(|new Function\(|setTimeout\(\s*['"`]/;
    for (const [name, text] of scripts) assert.ok(!sinks.test(text), name);
  });

  it('has no inline script, style or event handler', () => {
    for (const [name, text] of files) {
      if (!name.endsWith('.html')) continue;
      assert.ok(!/\son\w+=|\sstyle=|<style|javascript:/i.test(text), name);
      assert.ok(!/<script(?![^>]*\ssrc=)/i.test(text), name);
    }
    for (const [name, text] of scripts)
      assert.ok(!/setAttribute\(\s*['"](style|on\w+)['"]/.test(text), name);
  });

  it('loads nothing from other origins', () => {
    for (const [name, text] of files) {
      for (const [address] of text.matchAll(/https?:\/\/[^\s"'`)>]+/g)) {
        assert.equal(address, 'http://www.w3.org/2000/svg', name);
      }
    }
  });

  it('has no file of more than 280 lines', () => {
    for (const [name, text] of scripts)
      assert.ok(text.split('\n').length <= 280, `${name}: ${text.split('\n').length} lines`);
  });
});

describe('the modules', () => {
  /** Module → the modules it imports. @type {Map<string, string[]>} */
  const imports = new Map(
    scripts.map(([name, text]) => [
      name,
      [...text.matchAll(/(?:from|import) '(\.[^']+)'/g)].map(([, path]) =>
        new URL(path, new URL(name, WEB)).href.slice(WEB.href.length),
      ),
    ]),
  );

  it('exist wherever they are imported', () => {
    for (const [name, targets] of imports)
      for (const target of targets) assert.ok(files.has(target), `${name} imports ${target}`);
  });

  it('never import each other in a circle', () => {
    /** @type {Set<string>} */
    const done = new Set();
    /** @param {string} name @param {string[]} path modules that lead here */
    const visit = (name, path) => {
      const start = path.indexOf(name);
      assert.ok(start < 0, `import circle: ${[...path.slice(start), name].join(' → ')}`);
      if (done.has(name)) return;
      for (const target of imports.get(name) ?? []) visit(target, [...path, name]);
      done.add(name);
    };
    for (const name of imports.keys()) visit(name, []);
  });
});

describe('the client', () => {
  it('imports nothing from the user interface', () => {
    for (const [name, text] of scripts) {
      if (!name.startsWith('client/')) continue;
      for (const [, path] of text.matchAll(/from '([^']+)'/g))
        assert.doesNotMatch(path, /ui\/|text\//, name);
    }
  });
});
