/** Reactions of a message: the chips under it, and a short bar to choose one. */

import { MESSAGE_LIFE_LEVEL } from '../client/limits.js';
import { presentMessage, shownMessage } from '../client/store/changes.js';
import { isRecalling } from '../client/store/requests.js';
import { client, state } from './context.js';
import { errorCode } from '../client/errors.js';
import { openEmojiPicker } from './emoji-picker.js';
import { quickReactions, rememberEmoji } from './emoji-usage.js';
import { formatBadge, formatList, t } from './i18n.js';
import { announce } from './live-region.js';
import { closeMenu, openLayer } from './menu.js';
import { attempt, toast } from './toasts.js';
import { iconButton, nameOf } from './widgets.js';
import { h, render } from './vdom.js';

/** @import {ReactionSummary} from '../client/message-types.js' */
/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */

/** Different emojis of one message. */
const MAX_EMOJIS = 20;

/**
 * Whether this user can react to a message.
 * @param {LoggedMessage | OutboxEntry} message
 * @returns {message is LoggedMessage}
 */
export const canReact = (message) =>
  'seq' in message &&
  !message.recalled &&
  !message.hidden &&
  !isRecalling(state(), message) &&
  state().level >= MESSAGE_LIFE_LEVEL &&
  state().conversations.get(message.conversation)?.left === false;

/**
 * React to a message, or take that reaction back.
 * @param {LoggedMessage} message
 * @param {string} emoji
 */
export function toggleReaction(message, emoji) {
  if (!canReact(message)) return;
  const { reactions = [] } = presentMessage(state(), message);
  const known = reactions.find((one) => one.emoji === emoji);
  const on = !known?.mine;
  if (!known && reactions.length >= MAX_EMOJIS) return toast(t('reactions.too-many'), 'error');
  const { conversation, seq } = message;
  if (on) rememberEmoji(emoji);
  announce(t(on ? 'reactions.own' : 'reactions.own-back', { emoji }));
  attempt(
    client()
      .changes.set({ type: 'reaction.set', conversation, seq, emoji, on })
      .catch((error) => {
        if (errorCode(error) !== 'conflict') throw error;
        toast(t('reactions.too-many'), 'error');
      }),
  );
}

/** React with the emoji that this user uses most. @param {LoggedMessage} message */
export const reactQuickly = (message) => toggleReaction(message, quickReactions()[0]);

/**
 * Choose any emoji to react with.
 * @param {LoggedMessage} message
 * @param {HTMLElement} anchor
 */
export const pickReaction = (message, anchor) =>
  openEmojiPicker({ anchor, onPick: (emoji) => toggleReaction(message, emoji) });

/**
 * Buttons of the emoji that this user reacts with most, and one for all others.
 * @param {LoggedMessage} message
 * @param {HTMLElement} [anchor] in a menu: where the picker opens instead of at its button
 */
export function quickReactionBar(message, anchor) {
  const { reactions = [] } = shownMessage(state(), message);
  const isMine = (/** @type {string} */ emoji) =>
    reactions.some((one) => one.emoji === emoji && one.mine);
  return h(
    'div',
    { class: 'quick-reactions', key: 'quick', role: 'group', 'aria-label': t('reactions.react') },
    quickReactions().map((emoji) =>
      h(
        'button',
        {
          type: 'button',
          key: emoji,
          tabindex: '-1',
          ...(anchor && { role: 'menuitemcheckbox' }),
          [anchor ? 'aria-checked' : 'aria-pressed']: String(isMine(emoji)),
          'aria-label': t('reactions.with', { emoji }),
          on: {
            click: () => {
              closeMenu();
              toggleReaction(message, emoji);
            },
          },
        },
        emoji,
      ),
    ),
    iconButton(
      'smile',
      t('reactions.more'),
      (event) => {
        // The picker takes the place of the menu that this bar stands in.
        if (anchor) closeMenu();
        pickReaction(message, anchor ?? /** @type {HTMLElement} */ (event.currentTarget));
      },
      {
        key: 'more',
        tabindex: '-1',
        'aria-haspopup': 'dialog',
        ...(anchor && { role: 'menuitem' }),
      },
    ),
  );
}

/**
 * Show the emoji to react with beside a message.
 * @param {LoggedMessage} message
 * @param {HTMLElement} anchor
 * @param {() => void} onChosen
 */
export function openQuickReactions(message, anchor, onChosen) {
  const layer = document.createElement('div');
  layer.className = 'menu';
  layer.setAttribute('role', 'menu');
  layer.setAttribute('aria-label', t('reactions.react'));
  render(layer, quickReactionBar(message, anchor));
  layer.addEventListener('click', onChosen);
  openLayer(layer, anchor);
}

/**
 * The chips under a message: each emoji with its count, one's own marked.
 * @param {LoggedMessage | OutboxEntry} message as it is shown
 */
export function reactionChips(message) {
  if (!('reactions' in message) || !message.reactions?.length) return null;
  return h(
    'div',
    { class: 'reactions', key: 'reactions', role: 'group', 'aria-label': t('reactions.label') },
    message.reactions.map((reaction) => chip(message, reaction)),
    canReact(message) &&
      iconButton(
        'smile',
        t('reactions.react'),
        (event) => pickReaction(message, /** @type {HTMLElement} */ (event.currentTarget)),
        { key: 'more', class: 'reaction-add', tabindex: '-1', 'aria-haspopup': 'dialog' },
      ),
  );
}

/** @param {LoggedMessage} message @param {ReactionSummary} reaction */
function chip(message, reaction) {
  const { emoji, count, mine } = reaction;
  return h(
    'button',
    {
      type: 'button',
      class: 'reaction',
      key: emoji,
      tabindex: '-1',
      'aria-pressed': String(Boolean(mine)),
      'aria-label': t('reactions.chip', { emoji, count, names: reactedBy(reaction) }),
      'data-emoji': emoji,
      'data-tooltip': reactedBy(reaction),
      on: {
        click: () => toggleReaction(message, emoji),
      },
    },
    h('span', { class: 'reaction-emoji' }, emoji),
    h('span', { class: 'reaction-count' }, formatBadge(count)),
  );
}

/**
 * The names of those who reacted, this user first.
 * @param {ReactionSummary} reaction
 * @returns {string}
 */
export function reactedBy({ users, count, mine }) {
  const me = state().me?.id;
  const others = users.filter((user) => user !== me).map(nameOf);
  const names = mine ? [t('person.you'), ...others] : others;
  const more = count - names.length;
  return formatList(more > 0 ? [...names, t('reactions.others', { count: more })] : names);
}
