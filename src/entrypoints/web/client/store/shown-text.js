/** What lists show of a message, by its kind. The service has the same rules for heads. */

/** @type {Record<string, (body: Record<string, any>) => string>} */
const SHOWN_TEXTS = {
  location: ({ title, address }) => `📍 ${title || address || ''}`,
  contact: () => '👤',
  poll: ({ question }) => `📊 ${question}`,
  bundle: ({ title }) => `🗂️ ${title}`,
};

/**
 * The text that stands for a message. It contains no word of any language.
 * @param {string} kind
 * @param {Record<string, any>} [body]
 * @returns {string} the kind in brackets where nothing else is known; empty after a recall
 */
export function shownText(kind, body = {}) {
  const shown = Object.hasOwn(SHOWN_TEXTS, kind) ? SHOWN_TEXTS[kind](body) : body.text;
  return (typeof shown === 'string' && shown) || (kind ? `[${kind}]` : '');
}
