import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { lookalikesOf } from '../../../src/entrypoints/web/client/store/lookalikes.js';
import { withName, withUsers } from '../../../src/entrypoints/web/client/store/users.js';
import { aliceAndBob } from '../fake/setup.js';

const user = (/** @type {string} */ id, /** @type {string[]} */ ...skeletons) => ({
  id,
  handle: id,
  display_name: id,
  skeletons,
});

describe('people who look alike', () => {
  it('are those who share a skeleton, by handle or by name', async () => {
    const { client } = await aliceAndBob();
    const people = [user('1', 'bob', 'robert'), user('2', 'bob'), user('3', 'eve', 'robert')];
    const state = withUsers(client.state, people);
    const alike = (/** @type {string} */ id) => lookalikesOf(state, id).map((one) => one.id);

    assert.deepEqual(alike('1'), ['2', '3']);
    assert.deepEqual(alike('2'), ['1']);
    assert.deepEqual(alike('3'), ['1']);
    assert.deepEqual(alike('nobody'), []);
  });

  it('change when somebody has another name, or none is known', async () => {
    const { client } = await aliceAndBob();
    const alike = withUsers(client.state, [user('1', 'bob'), user('2', 'bob')]);
    assert.equal(lookalikesOf(alike, '1').length, 1);

    const renamed = withName(alike, '2', 'Eve', { skeletons: ['eve'] });
    assert.deepEqual(lookalikesOf(renamed, '1'), []);
    const copied = withName(renamed, '2', 'B0b', { skeletons: ['bob'] });
    assert.equal(lookalikesOf(copied, '1').length, 1);
    const headAlone = withName(alike, '2', 'Somebody', { isKept: true });
    assert.deepEqual(lookalikesOf(headAlone, '1'), []);
    const unknown = withUsers(alike, [{ id: '2', handle: 'b0b', display_name: 'Bob' }]);
    assert.deepEqual(lookalikesOf(unknown, '1'), []);
  });
});
