/** Types of bundles: several messages that were forwarded as one. */

/**
 * A message of a bundle. `text` is missing for kinds without one.
 * @typedef {{by: string, name: string, at: string, kind: string, text?: string}} BundleItem
 */

export {};
