import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Api } from '../../../src/entrypoints/web/client/api.js';
import { NoAnswer, Refused, codeOf } from '../../../src/entrypoints/web/client/errors.js';
import { Stage } from '../fake/index.js';

/** @param {any} answer */
const answering = (answer) => new Api(async () => answer());

describe('a call', () => {
  it('that fails on the way is no refusal', async () => {
    const api = answering(() => {
      throw new TypeError('Failed to fetch');
    });
    await assert.rejects(
      api.findUsers('x'),
      (error) => error instanceof NoAnswer && error.temporary && error.code === 'offline',
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
        error instanceof Refused &&
        error.code === 'invalid' &&
        error.message === 'too short' &&
        error.fields[0].field === 'handle',
    );
  });

  it('that a broken proxy answers is temporary', async () => {
    const api = answering(() => new Response('<html>Bad gateway</html>', { status: 502 }));
    await assert.rejects(
      api.devices(),
      (error) => error instanceof Refused && error.temporary && error.code === 'unavailable',
    );
  });

  it('asks for what it means: no empty parameters, nothing unescaped', async () => {
    /** @type {string[]} */
    const asked = [];
    const api = new Api(async (target) => {
      asked.push(String(target));
      return Response.json({});
    });
    await api.members('a/b');
    await api.findUsers('ä&limit=9');
    assert.deepEqual(asked, [
      '/v1/conversations/a%2Fb/members?limit=100',
      '/v1/users?query=%C3%A4%26limit%3D9&limit=20',
    ]);
  });

  it('with a token that expired is repeated once with a fresh one', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    const [first] = [...stage.routes.tokens.keys()];
    stage.routes.expired.add(first);
    await client.rename('Alice L');

    assert.equal(client.state.me?.display_name, 'Alice L');
    assert.equal(stage.routes.made.filter((made) => made === 'PATCH /v1/me').length, 2);
  });

  it('that is under way while the user leaves does not sign in again', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    for (const token of stage.routes.tokens.keys()) stage.routes.expired.add(token);
    const call = assert.rejects(
      client.api.devices(),
      (error) => codeOf(error) === 'unauthenticated',
    );
    stage.wires.cut(4504);
    await call;
    await stage.clock.pass(1_000);

    assert.equal(client.state.phase, 'signed-out');
    await assert.rejects(client.api.devices(), (error) => codeOf(error) === 'unauthenticated');
  });

  it('many at a time share one refresh', async () => {
    const stage = new Stage();
    const client = await stage.arrive('alice');
    for (const token of stage.routes.tokens.keys()) stage.routes.expired.add(token);
    await Promise.all([
      client.directory.find('a'),
      client.directory.find('b'),
      client.api.devices(),
    ]);

    assert.equal(stage.routes.made.filter((made) => made === 'POST /v1/auth/refresh').length, 1);
  });

  it('knows how far the clock of the service is from this one', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toUTCString();
    const api = answering(() => Response.json({}, { headers: { date: ahead } }));
    await api.devices();
    assert.ok(Math.abs(api.skew - 3_600_000) < 2_000);
  });
});

describe('an error', () => {
  it('has a code, whatever it is', () => {
    assert.equal(codeOf(new Refused({ code: 'muted' })), 'muted');
    assert.equal(codeOf(new NoAnswer('lost')), 'lost');
    assert.equal(codeOf(new TypeError('x')), 'internal');
  });
});
