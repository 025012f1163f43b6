/** Translations, and numbers and times in the user's language. */

import { knownLocales } from '../client/platform.js';
import { EN } from '../text/en.js';
import { ZH } from '../text/zh.js';

/** @typedef {keyof typeof EN} TextKey */
/** @typedef {'en' | 'zh'} Language */

/** @type {Record<Language, Record<TextKey, string | {one?: string, other: string}>>} */
const CATALOGUES = { en: EN, zh: ZH };
/** Characters that are written from right to left or change the direction. */
const RTL_OR_BIDI =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Unicode isolates (UAX #9) around such a value, so that it does not reorder the sentence. */
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/** @type {Language} */
let language = 'en';
/** The browser's locale of that language, for example en-GB, for the format of times. */
let locale = 'en';
let plural = new Intl.PluralRules('en');
/** @type {Map<string, Intl.DateTimeFormat>} */
let formats = new Map();

/**
 * Choose the language of the page.
 * @param {string} wanted the user's choice; empty for the browser's
 * @param {readonly string[]} [offered]
 * @returns {Language}
 */
export function chooseLanguage(wanted, offered = navigator.languages) {
  for (const name of [wanted, ...offered]) {
    const known = name.toLowerCase().split(/[^a-z]/)[0];
    if (known === 'en' || known === 'zh') return known;
  }
  return 'en';
}

/**
 * Set the language of the page.
 * @param {Language} next
 * @param {readonly string[]} [offered]
 */
export function setLanguage(next, offered = navigator.languages) {
  language = next;
  locale = knownLocales(offered).find((name) => name.toLowerCase().startsWith(next)) ?? next;
  plural = new Intl.PluralRules(next);
  formats = new Map();
}

/** @returns {Language} */
export const currentLanguage = () => language;

/**
 * A translated text. `count` selects the plural form.
 * @param {TextKey} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const entry = CATALOGUES[language][key];
  const form =
    typeof entry === 'string'
      ? entry
      : (entry[/** @type {'one'} */ (plural.select(Number(values.count)))] ?? entry.other);
  return form.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    if (typeof value === 'number') return formatNumber(value);
    return RTL_OR_BIDI.test(value)
      ? `${FIRST_STRONG_ISOLATE}${value}${POP_DIRECTIONAL_ISOLATE}`
      : value;
  });
}

/** @param {number} value */
export const formatNumber = (value) => new Intl.NumberFormat(locale).format(value);

/** A number for a badge, at most "999+". @param {number} value */
export const formatBadge = (value) => (value > 999 ? '999+' : String(value));

/** Several things in one sentence, for example "Ada, Bob and Eve". @param {string[]} parts */
export const formatList = (parts) => new Intl.ListFormat(locale).format(parts);

/** @param {string} name @param {Intl.DateTimeFormatOptions} options @param {number} time */
function format(name, options, time) {
  let known = formats.get(name);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, options);
    formats.set(name, known);
  }
  return known.format(time);
}

const DAY_MS = 86_400_000;

/**
 * Number of days since 1970 in local time.
 * @param {number} time milliseconds since 1970
 */
export function dayNumber(time) {
  const date = new Date(time);
  return Math.floor((time - date.getTimezoneOffset() * 60_000) / DAY_MS);
}

/** For example `14:05`. @param {number} time */
export const formatTime = (time) => format('clock', { hour: 'numeric', minute: '2-digit' }, time);

/** Full date and time, for a tooltip. @param {number} time */
export const formatDateTime = (time) =>
  format('moment', { dateStyle: 'full', timeStyle: 'medium' }, time);

/** For example `3 January 2026`. @param {number} time */
export const formatDate = (time) => format('date', { dateStyle: 'long' }, time);

/**
 * The heading of a day: today, yesterday, weekday, or date.
 * @param {number} time milliseconds since 1970
 * @param {number} now milliseconds since 1970
 */
export function formatDay(time, now) {
  const daysAgo = dayNumber(now) - dayNumber(time);
  if (daysAgo === 0) return t('time.today');
  if (daysAgo === 1) return t('time.yesterday');
  if (daysAgo > 0 && daysAgo < 7) return format('weekday', { weekday: 'long' }, time);
  const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return isThisYear ? format('month', { day: 'numeric', month: 'long' }, time) : formatDate(time);
}

/**
 * The shortest form of a time, for lists: time, yesterday, weekday, or date.
 * @param {number} time
 * @param {number} now
 */
export function formatShortTime(time, now) {
  const daysAgo = dayNumber(now) - dayNumber(time);
  if (daysAgo <= 0) return formatTime(time);
  if (daysAgo === 1) return t('time.yesterday');
  if (daysAgo < 7) return format('short weekday', { weekday: 'short' }, time);
  const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(
    isThisYear ? 'short month' : 'short date',
    isThisYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' },
    time,
  );
}

/**
 * Relative time, for example "3 hours ago".
 * @param {number} time
 * @param {number} now
 */
export function formatRelativeTime(time, now) {
  const seconds = Math.round((time - now) / 1000);
  const formatter = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds > -60) return t('time.now');
  if (seconds > -3600) return formatter.format(Math.round(seconds / 60), 'minute');
  if (seconds > -86_400) return formatter.format(Math.round(seconds / 3600), 'hour');
  return formatter.format(Math.round(seconds / 86_400), 'day');
}
