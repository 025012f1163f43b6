/** The starting point of most tests. */

import { TestEnvironment } from './environment.js';

/** Alice's client, and Bob, who shares a group with her. */
export async function aliceAndBob() {
  const env = new TestEnvironment();
  const client = await env.openRegistered('alice');
  const alice = /** @type {string} */ (client.state.me?.id);
  const bob = env.service.addUser('bob', 'Bob');
  const room = env.service.addRoom(bob.id, 'group', 'Lobby', [alice]);
  await env.clock.pass(100);
  const conversation = () => /** @type {any} */ (client.state.conversations.get(room.id));
  const texts = () =>
    conversation().log.messages.map((/** @type {any} */ message) => message.body.text);
  return { env, client, alice, bob, room, conversation, texts };
}

/**
 * The frames of a type that the client has sent.
 * @param {TestEnvironment} env
 * @param {string} type
 */
export const framesOfType = (env, type) =>
  env.sockets.frames.filter((frame) => frame.type === type);
