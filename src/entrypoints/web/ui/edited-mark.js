/** The mark of an edited message, and the list of its earlier texts. */

import { client } from './context.js';
import { errorText } from './error-text.js';
import { formatDateTime, formatShortTime, t } from './i18n.js';
import { openLayer, placeAt } from './menu.js';
import { renderText } from './message-text.js';
import { h, render } from './vdom.js';

/** @import {LoggedMessage} from '../client/types.js' */

/**
 * A button with the time of the edit in its tooltip. Nothing if the message was never edited.
 * @param {LoggedMessage} message
 */
export function editedMark(message) {
  if (!message.edited_at) return null;
  const time = formatDateTime(Date.parse(message.edited_at));
  return h(
    'button',
    {
      type: 'button',
      class: 'edited-mark',
      key: 'edited',
      tabindex: '-1',
      title: t('edited.at', { time }),
      'aria-haspopup': 'dialog',
      on: { click: (/** @type {any} */ event) => openRevisions(event.currentTarget, message) },
    },
    t('edited.mark'),
  );
}

/**
 * Show the earlier texts of a message, newest first.
 * @param {HTMLElement} anchor
 * @param {LoggedMessage} message
 */
export async function openRevisions(anchor, message) {
  const layer = document.createElement('div');
  layer.className = 'menu revisions';
  layer.tabIndex = -1;
  layer.setAttribute('role', 'dialog');
  layer.setAttribute('aria-label', t('edited.history'));
  render(layer, h('p', { class: 'secondary', role: 'status' }, t('timeline.loading')));
  openLayer(layer, anchor);
  layer.focus();
  try {
    const { conversation, seq } = message;
    const { revisions } = await client().api.messages.listRevisions(conversation, seq);
    render(
      layer,
      h('h2', { key: 'title' }, t('edited.history')),
      h('ol', { key: 'list' }, revisionItems(message, revisions)),
    );
    placeAt(layer, anchor);
  } catch (error) {
    render(layer, h('p', { class: 'secondary', role: 'status' }, errorText(error)));
  }
}

/**
 * @param {LoggedMessage} message
 * @param {Pick<LoggedMessage, 'revision' | 'body' | 'at'>[]} revisions
 */
const revisionItems = (message, revisions) =>
  revisions.map(({ revision, body, at }) =>
    h(
      'li',
      { key: revision },
      h('time', { datetime: at }, formatShortTime(Date.parse(at), Date.now())),
      h('div', { class: 'text', dir: 'auto' }, renderText(String(body.text ?? ''), message)),
    ),
  );
