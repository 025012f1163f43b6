/** Words, numbers and times in the user's language. Every sentence stands in a catalogue. */

import { EN } from '../text/en.js';
import { ZH } from '../text/zh.js';

/** @typedef {keyof typeof EN} Phrase */
/** @typedef {'en' | 'zh'} Language */

/** @type {Record<Language, Record<Phrase, string | {one?: string, other: string}>>} */
const CATALOGUES = { en: EN, zh: ZH };
/** What is written from right to left, or says so. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Invisible marks that keep such a name from reordering the sentence around it. */
const ISOLATE = '\u2068';
const END = '\u2069';

/** @type {Language} */
let language = 'en';
/** The language as the browser has it: English of Britain writes its times in another way. */
let locale = 'en';
let plural = new Intl.PluralRules('en');
/** @type {Map<string, Intl.DateTimeFormat>} */
let formats = new Map();

/**
 * @param {string} wanted empty: what the browser prefers
 * @param {readonly string[]} [offered]
 * @returns {Language}
 */
export function pick(wanted, offered = navigator.languages) {
  for (const name of [wanted, ...offered]) {
    const known = name.toLowerCase().split('-')[0];
    if (known === 'en' || known === 'zh') return known;
  }
  return 'en';
}

/** @param {Language} next @param {readonly string[]} [offered] */
export function speak(next, offered = navigator.languages) {
  language = next;
  locale = offered.find((name) => name.toLowerCase().startsWith(next)) ?? next;
  plural = new Intl.PluralRules(next);
  formats = new Map();
}

/** @returns {Language} */
export const spoken = () => language;

/**
 * A phrase with its values. `count` picks the plural form.
 * @param {Phrase} phrase
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(phrase, values = {}) {
  const entry = CATALOGUES[language][phrase];
  const form =
    typeof entry === 'string'
      ? entry
      : (entry[/** @type {'one'} */ (plural.select(Number(values.count)))] ?? entry.other);
  return form.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    if (typeof value === 'number') return number(value);
    return TURNS.test(value) ? `${ISOLATE}${value}${END}` : value;
  });
}

/** @param {number} value */
export const number = (value) => new Intl.NumberFormat(locale).format(value);

/** A count for a badge. @param {number} value */
export const badge = (value) => (value > 999 ? '999+' : String(value));

/** @param {string} name @param {Intl.DateTimeFormatOptions} options @param {number} time */
function format(name, options, time) {
  let known = formats.get(name);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, options);
    formats.set(name, known);
  }
  return known.format(time);
}

const DAY = 86_400_000;

/**
 * Days since the epoch in local time: the same for all moments of one day.
 * @param {number} time
 */
export function dayOf(time) {
  const date = new Date(time);
  return Math.floor((time - date.getTimezoneOffset() * 60_000) / DAY);
}

/** `14:05` @param {number} time */
export const clock = (time) => format('clock', { hour: 'numeric', minute: '2-digit' }, time);

/** Everything about a moment, for a tooltip. @param {number} time */
export const moment = (time) => format('moment', { dateStyle: 'full', timeStyle: 'medium' }, time);

/** `3 January 2026` @param {number} time */
export const date = (time) => format('date', { dateStyle: 'long' }, time);

/**
 * The heading of a day: today, yesterday, a weekday, or the date.
 * @param {number} time
 * @param {number} now
 */
export function day(time, now) {
  const ago = dayOf(now) - dayOf(time);
  if (ago === 0) return t('time.today');
  if (ago === 1) return t('time.yesterday');
  if (ago > 0 && ago < 7) return format('weekday', { weekday: 'long' }, time);
  const here = new Date(time).getFullYear() === new Date(now).getFullYear();
  return here ? format('month', { day: 'numeric', month: 'long' }, time) : date(time);
}

/** The time of a list entry, as short as it can be. @param {number} time @param {number} now */
export function brief(time, now) {
  const ago = dayOf(now) - dayOf(time);
  if (ago <= 0) return clock(time);
  if (ago === 1) return t('time.yesterday');
  if (ago < 7) return format('short weekday', { weekday: 'short' }, time);
  const here = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(
    here ? 'short month' : 'short date',
    here ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' },
    time,
  );
}

/** How long ago, in words. @param {number} time @param {number} now */
export function ago(time, now) {
  const seconds = Math.round((time - now) / 1000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds > -60) return t('time.now');
  if (seconds > -3600) return words.format(Math.round(seconds / 60), 'minute');
  if (seconds > -86_400) return words.format(Math.round(seconds / 3600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
}
