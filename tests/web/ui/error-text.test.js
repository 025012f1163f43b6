import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'node:test';

import { NetworkError, ServiceError } from '../../../src/entrypoints/web/client/errors.js';
import { LIMITS } from '../../../src/entrypoints/web/client/limits.js';
import {
  errorCodeText,
  errorText,
  fieldText,
  formProblems,
} from '../../../src/entrypoints/web/ui/error-text.js';
import { setLanguage } from '../../../src/entrypoints/web/ui/i18n.js';

/** What the service can answer; written by parlour.entrypoints.http.reference.renew. */
const REGISTRY = JSON.parse(
  await readFile(new URL('../../../docs/reference/errors.json', import.meta.url), 'utf8'),
);

/** Fields that this page fills in by itself: a person can do nothing about them. */
const NOT_TYPED = new Set([
  ...['Idempotency-Key', 'after', 'all', 'around', 'before', 'conversation', 'cookie', 'cursor'],
  ...['device', 'ids', 'kind', 'limit', 'marked_unread', 'pinned', 'preview', 'private'],
  ...['body.items', 'body.latitude', 'body.longitude', 'body.multiple', 'body.public'],
  ...['from', 'key', 'merged', 'refresh_token', 'revision', 'seq', 'subscription', 'up_to'],
]);

/** What a sentence of each language looks like; names of things stand in quotation marks. */
const SENTENCES = {
  en: /^[A-Z][^{}]*\.$/,
  zh: /^[“\p{Script=Han}][^{}]*。$/u,
};

const ENGLISH_OF_THE_SERVICE = 'must have at most 7 characters';

/** @param {string} code @param {string} [field] */
const refused = (code, field) =>
  new ServiceError({
    code,
    title: 'The request is not valid',
    detail: ENGLISH_OF_THE_SERVICE,
    errors: field ? [{ field, message: ENGLISH_OF_THE_SERVICE }] : [],
  });

afterEach(() => setLanguage('en', []));

describe('an error', () => {
  for (const language of /** @type {const} */ (['en', 'zh'])) {
    it(`has a whole sentence for every code and field: ${language}`, () => {
      setLanguage(language, []);
      for (const code of Object.keys(REGISTRY.codes)) {
        assert.notEqual(errorCodeText(code), errorCodeText('a code that nobody knows'), code);
        for (const field of [undefined, ...REGISTRY.fields]) {
          const text = errorText(refused(code, field));
          assert.match(text, SENTENCES[language], `${code}, ${field}`);
          assert.ok(!text.includes(ENGLISH_OF_THE_SERVICE), `${code}, ${field}`);
        }
      }
    });

    it(`has a sentence of its own for every field that people fill in: ${language}`, () => {
      setLanguage(language, []);
      for (const field of REGISTRY.fields)
        assert.equal(fieldText(field) === null, NOT_TYPED.has(field), field);
    });

    it(`has a sentence where the service cannot be reached: ${language}`, () => {
      setLanguage(language, []);
      for (const reason of ['offline', 'lost', 'timeout'])
        assert.match(errorText(new NetworkError(reason)), SENTENCES[language]);
      assert.match(errorText(new TypeError('a bug')), SENTENCES[language]);
    });
  }

  it('in Chinese has no English words', () => {
    setLanguage('zh', []);
    for (const code of Object.keys(REGISTRY.codes))
      for (const field of [undefined, ...REGISTRY.fields]) {
        const text = errorText(refused(code, field)).replaceAll(/“[^”]*”/g, '');
        assert.ok(!/[a-z]{2}/i.test(text), text);
      }
  });

  it('is shown at the fields of a form that are at fault, or else above all', () => {
    const shown = ['handle', 'password'];
    assert.deepEqual(Object.keys(formProblems(refused('invalid', 'password'), shown)), [
      'password',
    ]);
    assert.deepEqual(Object.keys(formProblems(refused('handle_taken'), shown)), ['handle']);
    assert.deepEqual(Object.keys(formProblems(refused('invalid', 'title'), shown)), ['all']);
    assert.deepEqual(formProblems(refused('unauthenticated'), shown), {
      all: 'The handle or the password is wrong.',
    });
  });
});

describe('the limits of what people type', () => {
  it('are those of the service', () => {
    assert.deepEqual(LIMITS, REGISTRY.limits);
  });
});
