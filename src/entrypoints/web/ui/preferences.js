/** What this browser remembers of its user's taste. Kept in local storage, shared by all tabs. */

import { repaintAll } from './frames.js';

/**
 * @typedef {object} Preferences
 * @property {'system' | 'light' | 'dark'} theme
 * @property {'' | 'en' | 'zh'} language empty: the browser's own
 * @property {boolean} desktop desktop notifications
 * @property {boolean} preview what was written is shown in notifications
 * @property {boolean} sound
 * @property {boolean} disturb false: do not disturb
 * @property {boolean} compact beside a conversation, the list shows faces alone
 * @property {boolean} discreet others don't see what this user has read
 */

const KEY = 'parlour.preferences';
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
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return DEFAULTS;
  }
}

/** @returns {Readonly<Preferences>} */
export const preferences = () => current;

/** @param {Partial<Preferences>} changes */
export function prefer(changes) {
  localStorage.setItem(KEY, JSON.stringify({ ...load(), ...changes }));
  adopt();
}

/** Be told now and after each change. @param {(preferences: Preferences) => void} listener */
export function onPreferences(listener) {
  listeners.add(listener);
  listener(current);
}

function adopt() {
  current = load();
  for (const listener of listeners) listener(current);
  repaintAll();
}

globalThis.addEventListener?.('storage', (event) => event.key === KEY && adopt());
