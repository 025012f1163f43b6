/** Preferences of this browser, in local storage; all tabs share them. */

import { optional } from '../client/platform.js';
import { localValues } from './local-values.js';
import { forceUpdateAll } from './render-queue.js';

/**
 * @typedef {object} Preferences
 * @property {'system' | 'light' | 'dark'} theme
 * @property {'' | 'en' | 'zh'} language empty: the browser's own
 * @property {boolean} desktop show desktop notifications
 * @property {boolean} preview show the text in notifications
 * @property {boolean} sound
 * @property {boolean} disturb false while "do not disturb" is on
 * @property {boolean} compact the list beside a conversation shows avatars only
 * @property {boolean} discreet read receipts are not sent to others
 */

const STORAGE_KEY = 'parlour.preferences';
/** @type {Preferences} */
const DEFAULTS = {
  theme: 'system',
  language: '',
  desktop: false,
  preview: true,
  sound: false,
  disturb: true,
  compact: false,
  discreet: false,
};

/** @type {Set<(preferences: Preferences) => void>} */
const listeners = new Set();
let current = load();

/** @returns {Preferences} */
function load() {
  const stored = localValues.get(STORAGE_KEY) ?? '{}';
  return { ...DEFAULTS, ...optional(() => JSON.parse(stored), {}) };
}

/** The current preferences. @returns {Readonly<Preferences>} */
export const preferences = () => current;

/** Change some preferences. @param {Partial<Preferences>} changes */
export function setPreferences(changes) {
  localValues.set(STORAGE_KEY, JSON.stringify({ ...load(), ...changes }));
  reload();
}

/**
 * Call *listener* now and after each change.
 * @param {(preferences: Preferences) => void} listener
 */
export function onPreferences(listener) {
  listeners.add(listener);
  listener(current);
}

function reload() {
  current = load();
  for (const listener of listeners) listener(current);
  forceUpdateAll();
}

globalThis.addEventListener?.('storage', (event) => event.key === STORAGE_KEY && reload());
