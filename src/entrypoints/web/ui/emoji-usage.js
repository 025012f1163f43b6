/** Which emoji somebody uses, and in which skin tone; kept by the browser. */

import { optional } from '../client/platform.js';
import { localValues } from './local-values.js';

/** From no tone (0) to the darkest (5). @typedef {0 | 1 | 2 | 3 | 4 | 5} SkinTone */

const USED_KEY = 'parlour.emoji.used';
const TONE_KEY = 'parlour.emoji.tone';
/** How many are remembered: what is used more often than the others stays longest. */
const MAX_USED = 45;
/** What an earlier use still counts when another emoji is used. */
const FADING = 0.9;
const DEFAULT_REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** @returns {[emoji: string, weight: number][]} the heaviest first */
function used() {
  const stored = optional(() => JSON.parse(localValues.get(USED_KEY) ?? '[]'), []);
  return Array.isArray(stored) ? stored.filter(isUse) : [];
}

/** @param {unknown} value */
const isUse = (value) =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';

/** The emoji that were used often and lately, most of all the first. */
export const usedEmoji = () => used().map(([emoji]) => emoji);

/** Remember that an emoji was written or reacted with. @param {string} emoji */
export function rememberEmoji(emoji) {
  const weights = new Map(used().map(([other, weight]) => [other, weight * FADING]));
  weights.set(emoji, (weights.get(emoji) ?? 0) + 1);
  // All weights together are at most 10, so the newest is never among the lightest.
  const sorted = [...weights].sort(([, one], [, other]) => other - one);
  localValues.set(USED_KEY, JSON.stringify(sorted.slice(0, MAX_USED)));
}

/** Six emoji to react with: those that somebody uses, then what most people do. @returns {string[]} */
export const quickReactions = () =>
  [...new Set([...usedEmoji(), ...DEFAULT_REACTIONS])].slice(0, DEFAULT_REACTIONS.length);

/** @returns {SkinTone} */
export function skinTone() {
  const stored = Number(localValues.get(TONE_KEY));
  return /** @type {SkinTone} */ ([1, 2, 3, 4, 5].includes(stored) ? stored : 0);
}

/** @param {SkinTone} tone */
export const setSkinTone = (tone) => localValues.set(TONE_KEY, String(tone));
