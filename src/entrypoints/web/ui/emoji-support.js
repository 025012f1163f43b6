/** Which emoji the fonts of this device draw: new ones appear years after Unicode has them. */

/** A yellow face of each version, the newest first. */
const SAMPLES = /** @type {const} */ ([
  [17, '🫪'],
  [16, '🫩'],
  [15.1, '🙂‍↔️'],
  [15, '🫨'],
  [14, '🫠'],
  [13.1, '😮‍💨'],
  [13, '🥲'],
]);
const OLD = '🙂';
const SIZE_PX = 20;

/** @type {number | undefined} */
let newest;

/** The newest version of emoji that is drawn; 0 if all that is known is that old ones are. */
export function newestEmojiVersion() {
  newest ??= find();
  return newest;
}

function find() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE_PX;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return Infinity;
  // Emoji have colours of their own; letters and boxes are drawn in red.
  context.font = `${SIZE_PX * 0.7}px "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", "Twemoji Mozilla", sans-serif`;
  context.fillStyle = '#f00';
  context.textBaseline = 'middle';
  if (!isDrawn(context, OLD)) return Infinity;
  return SAMPLES.find(([, emoji]) => isDrawn(context, emoji))?.[0] ?? 0;
}

/** @param {CanvasRenderingContext2D} context @param {string} emoji */
function isDrawn(context, emoji) {
  // An unknown sequence is drawn as several emoji in a row.
  if (context.measureText(emoji).width > 1.4 * context.measureText(OLD).width) return false;
  context.clearRect(0, 0, SIZE_PX, SIZE_PX);
  context.fillText(emoji, 0, SIZE_PX / 2);
  const { data } = context.getImageData(0, 0, SIZE_PX, SIZE_PX);
  // Pixels are red, green, blue and opacity.
  return data.some((value, index) => index % 4 === 1 && value > 100);
}
