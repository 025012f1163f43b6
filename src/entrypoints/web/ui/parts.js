/** Small parts that several views share: avatars, buttons, fields, badges. */

import { codeOf } from '../client/errors.js';
import { state } from './context.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { h } from './view.js';

/** @import {Head, PresenceState} from '../client/types.js' */
/** @import {Phrase} from './i18n.js' */
/** @import {IconName} from './icons.js' */
/** @import {Child, Knot, Props} from './view.js' */

/** A password has at least so many characters. */
export const SHORTEST_PASSWORD = 8;

const HUES = 10;

/**
 * A number from 0 to 9 that is always the same for an id: the colour of an avatar.
 * @param {string} id
 */
export function hue(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return sum % HUES;
}

/**
 * The initials of a name: of two words in alphabets, one character where words are not spaced.
 * @param {string} name
 * @returns {string}
 */
export function initials(name) {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letter = (/** @type {string} */ word) =>
    [...word.replace(/^[^\p{L}\p{N}]+/u, '')][0] ?? '';
  const first = letter(words[0] ?? '');
  if (!first) return [...name.trim()][0] ?? '?';
  const last = words.length > 1 ? letter(words[words.length - 1]) : '';
  return (
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Hangul}/u.test(first) ? first : first + last
  ).toLocaleUpperCase();
}

/**
 * @param {string} id whose colour it is
 * @param {string} name
 * @param {object} [options]
 * @param {'small' | 'large' | 'huge'} [options.size]
 * @param {PresenceState} [options.presence]
 * @param {boolean} [options.group]
 * @returns {Knot}
 */
export function avatar(id, name, { size, presence, group } = {}) {
  const shape = ['avatar', `hue-${hue(id)}`, size && `avatar-${size}`, group && 'avatar-group'];
  return h(
    'span',
    { class: shape.filter(Boolean).join(' '), 'aria-hidden': 'true' },
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
export function headAvatar(head, options = {}) {
  const presence =
    head.peer && head.peer !== state().me?.id ? state().presence.get(head.peer)?.state : undefined;
  return avatar(head.peer ?? head.conversation, titleOf(head), {
    ...options,
    presence,
    group: head.kind === 'group',
  });
}

/** How somebody is called; the user themselves by their own name. @param {string} id */
export function nameOf(id) {
  return state().users.get(id)?.display_name ?? t('person.unknown');
}

/** @param {Head} head */
export function titleOf(head) {
  if (head.peer && head.peer === state().me?.id) return t('conversation.self');
  return head.title || t('conversation.untitled');
}

/**
 * A name among other words keeps its direction to itself.
 * @param {string} name
 * @param {string} [shape]
 */
export const called = (name, shape) => h('bdi', { class: shape }, name);

/**
 * A button that shows only an icon.
 * @param {IconName} name
 * @param {string} label
 * @param {(event: Event) => void} deed
 * @param {Props} [props]
 * @param {...Child} more
 */
export const iconButton = (name, label, deed, props = {}, ...more) =>
  h(
    'button',
    {
      type: 'button',
      ...props,
      class: `icon-button ${props.class ?? ''}`,
      'aria-label': label,
      title: label,
      on: { ...props.on, click: deed },
    },
    icon(name),
    ...more,
  );

/**
 * @param {string} label
 * @param {(event: Event) => void} deed
 * @param {Props} [props]
 */
export const button = (label, deed, props = {}) =>
  h(
    'button',
    {
      type: 'button',
      ...props,
      class: `button ${props.class ?? ''}`,
      on: { ...props.on, click: deed },
    },
    label,
  );

/**
 * A labelled input. `problem` is read out and shown below it.
 * @param {string} id
 * @param {string} label
 * @param {Props} input
 * @param {{hint?: string, problem?: string}} [words]
 */
export function field(id, label, input, { hint, problem } = {}) {
  const words = problem || hint;
  return h(
    'div',
    { class: `field${problem ? ' field-wrong' : ''}`, key: id },
    h('label', { for: id }, label),
    h('input', {
      id,
      ...input,
      'aria-invalid': problem ? 'true' : null,
      'aria-describedby': words ? `${id}-words` : null,
    }),
    words && h('p', { id: `${id}-words`, class: problem ? 'field-problem' : 'field-hint' }, words),
  );
}

/**
 * A switch with its words.
 * @param {string} label
 * @param {boolean} on
 * @param {(on: boolean) => void} deed
 * @param {{hint?: string, disabled?: boolean, below?: boolean}} [more] `below`: it belongs to the
 *   switch above it
 */
export const toggle = (label, on, deed, { hint, disabled = false, below = false } = {}) =>
  h(
    'label',
    { class: `toggle${below ? ' toggle-below' : ''}${disabled ? ' disabled' : ''}`, key: label },
    h('span', { class: 'toggle-words' }, label, hint && h('small', null, hint)),
    h('input', {
      type: 'checkbox',
      role: 'switch',
      disabled,
      set: { checked: on },
      on: {
        change: (/** @type {any} */ { target }) => {
          const wish = target.checked;
          // It shows what is so: whatever comes of the wish is painted then.
          target.checked = on;
          deed(wish);
        },
      },
    }),
  );

/** @type {Record<string, Phrase>} */
const PROBLEMS = {
  offline: 'problem.offline',
  lost: 'problem.offline',
  timeout: 'problem.timeout',
  handle_taken: 'problem.handle-taken',
  unauthenticated: 'problem.credentials',
  rate_limited: 'problem.too-fast',
  forbidden: 'problem.forbidden',
  not_found: 'problem.not-found',
  not_member: 'problem.not-member',
  muted: 'problem.muted',
  blocked: 'problem.blocked',
  too_large: 'problem.too-large',
  unavailable: 'problem.unavailable',
  overloaded: 'problem.unavailable',
};

/**
 * What went wrong, in the user's words. The service's own words are the last resort.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  const code = codeOf(error);
  const own = error instanceof Error && code !== 'internal' ? error.message : '';
  return code in PROBLEMS || !own ? explainCode(code) : own;
}

/** @param {string} code */
export const explainCode = (code) => t(PROBLEMS[code] ?? 'problem.unknown');
