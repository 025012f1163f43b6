/** The content of a message, by its kind. */

import { excerpt } from '../client/store/heads.js';
import { bundleBody } from './bundle.js';
import { t } from './i18n.js';
import { messageText } from './message-text.js';
import { contactBody, locationBody } from './place-and-person.js';
import { pollBody } from './poll.js';
import { h } from './vdom.js';

/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/** @import {Child} from './vdom.js' */
/** @typedef {(message: LoggedMessage | OutboxEntry) => Child} BodyRenderer */

/** @type {Map<string, BodyRenderer>} */
const BODIES = new Map([
  ['text', textBody],
  ['bundle', bundleBody],
  ['poll', pollBody],
  ['location', locationBody],
  ['contact', contactBody],
]);

/** @type {BodyRenderer} */
function textBody(message) {
  return messageText(String(message.body.text ?? ''), message);
}

/** What an older page can show of a kind that it does not know. @type {BodyRenderer} */
const unknownBody = ({ kind, body }) => [
  h('div', { class: 'text', dir: 'auto', key: 'text' }, h('p', null, excerpt(kind, body))),
  h('p', { class: 'unsupported', key: 'unsupported' }, t('message.unsupported')),
];

/** @param {LoggedMessage | OutboxEntry} message @returns {Child} */
export const messageBody = (message) => (BODIES.get(message.kind) ?? unknownBody)(message);
