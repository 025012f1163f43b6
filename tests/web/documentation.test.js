/** The example program of the documentation is run. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';

import { TestEnvironment } from './fake/environment.js';

const PAGE = new URL('../../docs/reference/javascript-client.md', import.meta.url);
const CLIENT = new URL('../../src/entrypoints/web/client/client.js', import.meta.url);

it('the example program of the documentation answers every message with the same text', async () => {
  const [, program] = /** @type {RegExpExecArray} */ (
    /```js\n([\s\S]*?)```/.exec(await readFile(PAGE, 'utf8'))
  );
  const env = new TestEnvironment();
  // The program uses the system clock, so the fake service does as well.
  env.service.now = () => Date.now();
  const echo = env.service.addUser('echo');
  const alice = env.service.addUser('alice');
  const room = env.service.addRoom(alice.id, 'direct', '', [echo.id]);
  process.argv = ['node', 'echo.js', 'http://service', 'echo', 'correct horse'];
  globalThis.fetch = env.http.fetch;
  globalThis.WebSocket = /** @type {any} */ (
    function connect() {
      return env.sockets.connect();
    }
  );

  const code = program.replace('./client/client.js', CLIENT.href);
  await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const posted = () =>
    room.events.filter((event) => event.seq).map((event) => [event.by, event.data.body.text]);
  const until = async (/** @type {() => boolean} */ met) => {
    for (const end = Date.now() + 5_000; !met() && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until(() => env.sockets.open.size > 0 && [...env.sockets.open][0].user === echo.id);
  env.service.sendAs(alice.id, room.id, 'one');
  await until(() => posted().length === 2);
  // Revoking the session stops the client, so that this process can exit.
  env.sockets.closeWith(4504);

  assert.deepEqual(posted(), [
    [alice.id, 'one'],
    [echo.id, 'one'],
  ]);
});
