/**
 * Whole sentences for errors, in the user's language. They come from the stable code of an error
 * and the name of the field at fault; the English texts of the service are never shown.
 */

import { ServiceError, errorCode } from '../client/errors.js';
import { LIMITS } from '../client/limits.js';
import { EN } from '../text/en.js';
import { t } from './i18n.js';

/** @import {TextKey} from './i18n.js' */

/** The rule of each field that a person fills in. @type {Record<string, () => string>} */
const RULES = {
  handle: () => t('rule.handle', LIMITS.handle),
  display_name: () => t('rule.display-name', LIMITS.display_name),
  title: () => t('rule.title', LIMITS.title),
  password: () => t('rule.password', LIMITS.password),
  new_password: () => t('rule.password', LIMITS.password),
  old_password: () => t('settings.wrong-password'),
  'body.text': () => t('rule.message', LIMITS['body.text']),
  body: () => t('rule.message', LIMITS['body.text']),
  'body.question': () => t('rule.poll'),
  'body.options': () => t('rule.poll'),
  'body.closes_at': () => t('rule.poll-closes'),
  'body.title': () => t('rule.place'),
  'body.address': () => t('rule.place'),
  'body.user': () => t('rule.person'),
  mentions: () => t('rule.mentions'),
  members: () => t('rule.people'),
  users: () => t('rule.people'),
  user: () => t('rule.person'),
  who: () => t('rule.person'),
  role: () => t('rule.role'),
  muted_until: () => t('rule.muted-until'),
  state: () => t('rule.state'),
  text: () => t('rule.status-text'),
  reply_to: () => t('rule.reply-to'),
  emoji: () => t('rule.emoji'),
  options: () => t('rule.vote'),
  seqs: () => t('rule.messages'),
  query: () => t('rule.query'),
  attachments: () => t('rule.attachments'),
  endpoint: () => t('rule.push'),
  keys: () => t('rule.push'),
  'keys.auth': () => t('rule.push'),
  'keys.p256dh': () => t('rule.push'),
};

/** Codes of the client itself. @type {Record<string, TextKey>} */
const CLIENT_CODES = { lost: 'error.offline' };

/**
 * The sentence for a stable code.
 * @param {string} code
 * @returns {string}
 */
export function errorCodeText(code) {
  const key = `error.${code.replaceAll('_', '-')}`;
  return t(CLIENT_CODES[code] ?? (key in EN ? /** @type {TextKey} */ (key) : 'error.unknown'));
}

/**
 * The sentence for a field at fault: its rule.
 * @param {string} field
 * @returns {string | null} null for a field that nobody fills in
 */
export const fieldText = (field) => RULES[field]?.() ?? null;

/**
 * The sentence for an error: the rule of the first field that a person filled in, or else that of
 * its code.
 * @param {unknown} error
 * @returns {string}
 */
export function errorText(error) {
  const fields = error instanceof ServiceError ? error.fields : [];
  const rule = fields.map(({ field }) => fieldText(field)).find((text) => text !== null);
  return rule ?? errorCodeText(errorCode(error));
}

/**
 * The sentences for an error of a form, by the field that shows them.
 * @param {unknown} error
 * @param {readonly string[]} shown the fields of the form
 * @returns {Record<string, string>} `all` if none of them is at fault
 */
export function formProblems(error, shown) {
  const code = errorCode(error);
  if (code === 'handle_taken' && shown.includes('handle')) return { handle: errorText(error) };
  // Whoever fills in a form with a password is not logged in yet.
  if (code === 'unauthenticated' && shown.includes('password'))
    return { all: t('error.credentials') };
  const fields = error instanceof ServiceError ? error.fields.map(({ field }) => field) : [];
  const faults = fields.filter((field) => shown.includes(field) && fieldText(field) !== null);
  if (!faults.length) return { all: errorText(error) };
  return Object.fromEntries(faults.map((field) => [field, fieldText(field) ?? '']));
}
