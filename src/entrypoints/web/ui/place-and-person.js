/** Places and people that somebody sent: what the timeline shows of them. */

import { state } from './context.js';
import { copyText } from './copying.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { openPerson } from './start-conversation.js';
import { avatar, button, iconButton, isolatedText, nameOf } from './widgets.js';
import { h } from './vdom.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */

/** About a metre. */
const DECIMALS = 5;

/**
 * A place, as text and as a link of the scheme `geo` (RFC 5870), which a program for maps opens.
 * Nothing is loaded from elsewhere.
 * @param {LoggedMessage | OutboxEntry} message
 */
export function locationBody({ body }) {
  const { latitude, longitude, title, address } = /** @type {any} */ (body);
  const [north, east] = [latitude, longitude].map((degrees) => Number(degrees).toFixed(DECIMALS));
  return h(
    'div',
    { class: 'card', key: 'location', role: 'group', 'aria-label': t('location.label') },
    h('span', { class: 'card-icon' }, icon('place')),
    h(
      'span',
      { class: 'card-text' },
      title && h('span', { class: 'card-title', dir: 'auto' }, title),
      address && h('span', { dir: 'auto' }, address),
      h('a', { href: `geo:${north},${east}`, title: t('location.open') }, `${north}, ${east}`),
    ),
    iconButton(
      'copy',
      t('location.copy'),
      () => copyText(`${north}, ${east}`, t('location.copied')),
      { tabindex: '-1' },
    ),
  );
}

/**
 * A person, with a button to write to them.
 * @param {LoggedMessage | OutboxEntry} message
 */
export function contactBody({ body }) {
  const user = String(/** @type {any} */ (body).user);
  const handle = state().users.get(user)?.handle;
  const name = nameOf(user);
  return h(
    'div',
    { class: 'card', key: 'contact', role: 'group', 'aria-label': t('contact.label') },
    avatar(user, name),
    h(
      'span',
      { class: 'card-text' },
      isolatedText(name, 'card-title'),
      handle && h('span', null, `@${handle}`),
    ),
    handle &&
      user !== state().me?.id &&
      button(t('contact.write', { name }), () => openPerson(user), {
        class: 'card-action',
        tabindex: '-1',
      }),
  );
}
