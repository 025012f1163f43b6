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

describe('an HTTP call', () => {
  it('throws NetworkError if the network fails', async () => {
    const api = answering(() => {
      throw new TypeError('Failed to fetch');
    });
    await assert.rejects(
      api.searchUsers('x'),
      (error) => error instanceof NetworkError && error.temporary && error.code === 'offline',
    );
  });

  it('throws ServiceError with the code and the fields of the problem document', async () => {
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

  it('treats the error page of a proxy as temporary', async () => {
    const api = answering(() => new Response('<html>Bad gateway</html>', { status: 502 }));
    await assert.rejects(
      api.listDevices(),
      (error) => error instanceof ServiceError && error.temporary && error.code === 'unavailable',
    );
  });

  it('omits empty parameters and escapes path and query', async () => {
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

  it('is repeated once with a new token after token_expired', async () => {
    const env = new TestEnvironment();
    const client = await env.openRegistered('alice');
    const [first] = [...env.http.tokens.keys()];
    env.http.expired.add(first);
    await client.setDisplayName('Alice L');

    assert.equal(client.state.me?.display_name, 'Alice L');
    assert.equal(env.http.requests.filter((made) => made === 'PATCH /v1/me').length, 2);
  });

  it('does not log in again if the user logs out meanwhile', async () => {
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

  it('shares one token refresh with concurrent calls', async () => {
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

  it('measures the clock skew from the Date header', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toUTCString();
    const api = answering(() => Response.json({}, { headers: { date: ahead } }));
    await api.listDevices();
    assert.ok(Math.abs(api.clockSkew - 3_600_000) < 2_000);
  });
});

describe('an error', () => {
  it('always has a code', () => {
    assert.equal(errorCode(new ServiceError({ code: 'muted' })), 'muted');
    assert.equal(errorCode(new NetworkError('lost')), 'lost');
    assert.equal(errorCode(new TypeError('x')), 'internal');
  });
});
