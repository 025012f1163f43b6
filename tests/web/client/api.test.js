import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Api } from '../../../src/entrypoints/web/client/api.js';
import {
  NetworkError,
  ServiceError,
  errorCode,
} from '../../../src/entrypoints/web/client/errors.js';
import { TestEnvironment } from '../fake/environment.js';

/** @param {any} answer */
const answering = (answer) => new Api(async () => answer());

describe('a call', () => {
  it('that fails on the way is no refusal', async () => {
    const api = answering(() => {
      throw new TypeError('Failed to fetch');
    });
    await assert.rejects(
      api.searchUsers('x'),
      (error) => error instanceof NetworkError && error.temporary && error.code === 'offline',
    );
  });

  it('that is refused carries the code and the fields of the problem', async () => {
    const problem = {
      code: 'invalid',
      title: 'Invalid',
      detail: 'too short',
      temporary: false,
      errors: [{ field: 'handle', message: 'too short' }],
    };
    const api = answering(() => Response.json(problem, { status: 422 }));
    await assert.rejects(
      api.register({ handle: 'a', password: 'b' }),
      (error) =>
        error instanceof ServiceError &&
        error.code === 'invalid' &&
        error.message === 'too short' &&
        error.fields[0].field === 'handle',
    );
  });

  it('that a broken proxy answers is temporary', async () => {
    const api = answering(() => new Response('<html>Bad gateway</html>', { status: 502 }));
    await assert.rejects(
      api.listDevices(),
      (error) => error instanceof ServiceError && error.temporary && error.code === 'unavailable',
    );
  });

  it('asks for what it means: no empty parameters, nothing unescaped', async () => {
    /** @type {string[]} */
    const asked = [];
    const api = new Api(async (target) => {
      asked.push(String(target));
      return Response.json({});
    });
    await api.listMembers('a/b');
    await api.searchUsers('ä&limit=9');
    assert.deepEqual(asked, [
      '/v1/conversations/a%2Fb/members?limit=100',
      '/v1/users?query=%C3%A4%26limit%3D9&limit=20',
    ]);
  });

  it('with a token that expired is repeated once with a fresh one', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [first] = [...env.http.tokens.keys()];
    env.http.expired.add(first);
    await client.setDisplayName('Alice L');

    assert.equal(client.state.me?.display_name, 'Alice L');
    assert.equal(env.http.requests.filter((made) => made === 'PATCH /v1/me').length, 2);
  });

  it('that is under way while the user leaves does not sign in again', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    for (const token of env.http.tokens.keys()) env.http.expired.add(token);
    const call = assert.rejects(
      client.api.listDevices(),
      (error) => errorCode(error) === 'unauthenticated',
    );
    env.sockets.closeWith(4504);
    await call;
    await env.clock.pass(1_000);

    assert.equal(client.state.phase, 'signed-out');
    await assert.rejects(
      client.api.listDevices(),
      (error) => errorCode(error) === 'unauthenticated',
    );
  });

  it('many at a time share one refresh', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    for (const token of env.http.tokens.keys()) env.http.expired.add(token);
    await Promise.all([
      client.directory.search('a'),
      client.directory.search('b'),
      client.api.listDevices(),
    ]);

    assert.equal(env.http.requests.filter((made) => made === 'POST /v1/auth/refresh').length, 1);
  });

  it('knows how far the clock of the service is from this one', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toUTCString();
    const api = answering(() => Response.json({}, { headers: { date: ahead } }));
    await api.listDevices();
    assert.ok(Math.abs(api.clockSkew - 3_600_000) < 2_000);
  });
});

describe('an error', () => {
  it('has a code, whatever it is', () => {
    assert.equal(errorCode(new ServiceError({ code: 'muted' })), 'muted');
    assert.equal(errorCode(new NetworkError('lost')), 'lost');
    assert.equal(errorCode(new TypeError('x')), 'internal');
  });
});
