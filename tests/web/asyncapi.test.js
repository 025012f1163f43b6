/** The published AsyncAPI document is valid, and the golden frames match its schemas. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { Ajv } from 'ajv';

/** @param {string} path from the root of the checkout */
const json = async (path) =>
  JSON.parse(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'));

const document = await json('docs/reference/asyncapi.json');
/** @type {{kind: string, audience: string, frame: Record<string, any>}[]} */
const events = await json('tests/golden/events.json');
/** @type {{name: string, direction: string, frame: Record<string, any>}[]} */
const frames = await json('tests/golden/frames.json');

/** Validators of the messages of the document, by the name of the message. */
const messages = (() => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'asyncapi', ...document });
  return new Map(
    Object.entries(document.components.messages).map(([name, message]) => [
      name,
      {
        name: message.name,
        check: ajv.compile({ $ref: `asyncapi#/components/messages/${name}/payload` }),
      },
    ]),
  );
})();

/** @param {string} name @param {unknown} frame */
function accepted(name, frame) {
  const found = [...messages.values()].filter((message) => message.name === name);
  assert.ok(found.length, name);
  const fits = found.filter(({ check }) => check(frame));
  assert.ok(fits.length, `${name}: ${JSON.stringify(found[0].check.errors)}`);
}

describe('the AsyncAPI document', () => {
  it('keeps the schema of AsyncAPI 3.0', () => {
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json');
    const ajv = new Ajv({
      strict: false,
      validateFormats: false,
      meta: false, // The schema contains its own metaschema.
      validateSchema: false,
    });
    const check = ajv.compile(schema);

    assert.ok(check(document), JSON.stringify(check.errors?.slice(0, 5), null, 1));
  });

  it('describes every golden event', () => {
    for (const { audience, kind, frame } of events)
      accepted(`${audience === 'private' ? 'event.me' : 'event'} ${kind}`, frame);
  });

  it('describes every golden frame that is no event', () => {
    for (const { frame } of frames)
      if (!frame.type.startsWith('event')) accepted(frame.type, frame);
  });

  it('refuses an event whose data lacks a field', () => {
    const [{ frame }] = events.filter(({ kind }) => kind === 'member.added');

    assert.throws(() => accepted('event member.added', { ...frame, data: {} }));
  });
});
