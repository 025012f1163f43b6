/** Small widgets that several views share: avatars, buttons, fields. */

import { graphemes } from '../client/text.js';
import { state } from './context.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { h } from './vdom.js';

/** @import {Head, PresenceState} from '../client/types.js' */
/** @import {IconName} from './icons.js' */
/** @import {Child, VNode, Props} from './vdom.js' */

const HUE_COUNT = 10;

/**
 * A colour number from 0 to 9, which is always the same for an id.
 * @param {string} id
 */
export function hue(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return sum % HUE_COUNT;
}

/**
 * The initials of a name: two letters, or one character in scripts without spaces.
 * @param {string} name
 * @returns {string}
 */
export function initials(name) {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letter = (/** @type {string} */ word) =>
    graphemes(word.replace(/^[^\p{L}\p{N}]+/u, ''))[0] ?? '';
  const first = letter(words[0] ?? '');
  if (!first) return graphemes(name.trim())[0] ?? '?';
  const last = words.length > 1 ? letter(words[words.length - 1]) : '';
  return (
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Hangul}/u.test(first) ? first : first + last
  ).toUpperCase();
}

/**
 * An avatar with initials.
 * @param {string} id determines the colour
 * @param {string} name
 * @param {object} [options]
 * @param {'small' | 'large' | 'huge'} [options.size]
 * @param {PresenceState} [options.presence]
 * @param {boolean} [options.group]
 * @returns {VNode}
 */
export function avatar(id, name, { size, presence, group } = {}) {
  const classes = ['avatar', `hue-${hue(id)}`, size && `avatar-${size}`, group && 'avatar-group'];
  return h(
    'span',
    { class: classes.filter(Boolean).join(' '), 'aria-hidden': 'true' },
    h('span', { class: 'avatar-letters' }, initials(name)),
    presence &&
      presence !== 'offline' &&
      presence !== 'invisible' &&
      h('span', { class: `dot dot-${presence}` }),
  );
}

/**
 * The avatar of a conversation.
 * @param {Head} head
 * @param {{size?: 'small' | 'large' | 'huge'}} [options]
 */
export function conversationAvatar(head, options = {}) {
  const presence =
    head.peer && head.peer !== state().me?.id ? state().presence.get(head.peer)?.state : undefined;
  return avatar(head.peer ?? head.conversation, titleOf(head), {
    ...options,
    presence,
    group: head.kind === 'group',
  });
}

/** The display name of a user. @param {string} id */
export function nameOf(id) {
  return state().users.get(id)?.display_name ?? t('person.unknown');
}

/** The title of a conversation. @param {Head} head */
export function titleOf(head) {
  if (head.peer && head.peer === state().me?.id) return t('conversation.self');
  const name = state().users.get(head.peer ?? '')?.display_name;
  return name || head.title || t('conversation.untitled');
}

/**
 * A name in an element with its own text direction.
 * @param {string} name
 * @param {string} [classes]
 */
export const isolatedText = (name, classes) => h('bdi', { class: classes }, name);

/**
 * A button that shows only an icon.
 * @param {IconName} name
 * @param {string} label
 * @param {(event: Event) => void} onClick
 * @param {Props} [props]
 * @param {...Child} more
 */
export const iconButton = (name, label, onClick, props = {}, ...more) =>
  h(
    'button',
    {
      type: 'button',
      ...props,
      class: `icon-button ${props.class ?? ''}`,
      'aria-label': label,
      title: props.title ?? label,
      on: { ...props.on, click: onClick },
    },
    icon(name),
    ...more,
  );

/**
 * @param {string} label
 * @param {(event: Event) => void} onClick
 * @param {Props} [props]
 */
export const button = (label, onClick, props = {}) =>
  h(
    'button',
    {
      type: 'button',
      ...props,
      class: `button ${props.class ?? ''}`,
      on: { ...props.on, click: onClick },
    },
    label,
  );

/**
 * A labelled input, with an error or a hint below it.
 * @param {string} id
 * @param {string} label
 * @param {Props} input
 * @param {{hint?: string, problem?: string}} [texts] `problem` is announced as an error
 */
export function field(id, label, input, { hint, problem } = {}) {
  const text = problem || hint;
  return h(
    'div',
    { class: `field${problem ? ' field-invalid' : ''}`, key: id },
    h('label', { for: id }, label),
    h('input', {
      id,
      ...input,
      'aria-invalid': problem ? 'true' : null,
      'aria-describedby': text ? `${id}-text` : null,
    }),
    text && h('p', { id: `${id}-text`, class: problem ? 'field-error' : 'field-hint' }, text),
  );
}

/**
 * A labelled switch.
 * @param {string} label
 * @param {boolean} on
 * @param {(on: boolean) => void} onChange
 * @param {{hint?: string, disabled?: boolean, below?: boolean}} [more] `below`: it belongs to the
 *   switch above it
 */
export const switchField = (label, on, onChange, { hint, disabled = false, below = false } = {}) =>
  h(
    'label',
    { class: `toggle${below ? ' toggle-nested' : ''}${disabled ? ' disabled' : ''}`, key: label },
    h('span', { class: 'toggle-label' }, label, hint && h('small', null, hint)),
    h('input', {
      type: 'checkbox',
      role: 'switch',
      disabled,
      set: { checked: on },
      on: {
        change: (/** @type {any} */ { target }) => {
          const wanted = target.checked;
          // The switch shows the actual state; it changes only after the action succeeded.
          target.checked = on;
          onChange(wanted);
        },
      },
    }),
  );
