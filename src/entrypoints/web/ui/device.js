/**
 * What a device is called in the list of devices: the browser and the system, as people say it.
 */

/**
 * More special names come first: every browser also claims to be the others.
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

/** @param {string} agent @param {[RegExp, string][]} names */
const first = (agent, names) => names.find(([pattern]) => pattern.test(agent))?.[1];

/** @param {string} agent what the browser says of itself */
export const deviceName = (agent) =>
  [first(agent, BROWSERS) ?? 'Browser', first(agent, SYSTEMS)].filter(Boolean).join(', ');
