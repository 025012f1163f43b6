/** Where most stories of the page begin. */

import { Stage } from './index.js';

/** Alice's page, and Bob who shares a group with her. */
export async function scene() {
  const stage = new Stage();
  const client = await stage.arrive('alice');
  const alice = /** @type {string} */ (client.state.me?.id);
  const bob = stage.world.person('bob', 'Bob');
  const room = stage.world.room(bob.id, 'group', 'Lobby', [alice]);
  await stage.clock.pass(100);
  const conversation = () => /** @type {any} */ (client.state.conversations.get(room.id));
  const texts = () =>
    conversation().log.messages.map((/** @type {any} */ message) => message.body.text);
  return { stage, client, alice, bob, room, conversation, texts };
}

/** What the page sent of a type. @param {Stage} stage @param {string} type */
export const sent = (stage, type) => stage.wires.frames.filter((frame) => frame.type === type);
