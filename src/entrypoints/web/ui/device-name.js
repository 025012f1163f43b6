/**
 * Derives the name of a device (browser and system) from the user agent, for the list of devices.
 */

/**
 * Most specific first, because every browser also names the others.
 * @type {[RegExp, string][]}
 */
const BROWSERS = [
  [/Edg/, 'Edge'],
  [/OPR|Opera/, 'Opera'],
  [/Firefox/, 'Firefox'],
  [/Chrom/, 'Chrome'],
  [/Safari/, 'Safari'],
];
/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** @param {string} userAgent @param {[RegExp, string][]} names */
const firstMatch = (userAgent, names) => names.find(([pattern]) => pattern.test(userAgent))?.[1];

/**
 * Name a device, for example "Firefox, Linux".
 * @param {string} userAgent the browser's user agent string
 */
export const deviceName = (userAgent) =>
  [firstMatch(userAgent, BROWSERS) ?? 'Browser', firstMatch(userAgent, SYSTEMS)]
    .filter(Boolean)
    .join(', ');
