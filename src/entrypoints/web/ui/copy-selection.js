/** Copies selected parts of messages as they were written: with their marks. */

import { selectedSource } from '../client/markup/source.js';

/** Start to handle the copying of selected messages. */
export function startCopyingOfSelections() {
  document.addEventListener('copy', (event) => {
    const text = selectedMessages(getSelection());
    if (text === null) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  });
}

/**
 * What was written in the selected parts of messages, with the names of their senders where they
 * are selected.
 * @param {Selection | null} selection
 * @returns {string | null} null if the browser has to copy: something else is selected
 */
function selectedMessages(selection) {
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const { commonAncestorContainer: around } = range;
  const element = around instanceof Element ? around : around.parentElement;
  const texts = element?.closest('.row-message .text')
    ? [element.closest('.row-message .text')]
    : [...(element?.closest('chat-timeline')?.querySelectorAll('.row-message .text') ?? [])];
  const selected = texts.filter((node) => node && range.intersectsNode(node));
  const parts = selected.map((node) =>
    partOf(/** @type {HTMLElement} */ (node), range, selected.length === 1),
  );
  return parts.length && !parts.includes(null) ? parts.join('\n') : null;
}

/**
 * @param {HTMLElement} node the text of a message
 * @param {Range} range
 * @param {boolean} isAlone whether nothing else is selected
 * @returns {string | null} null if the element shows something else than the message
 */
function partOf(node, range, isAlone) {
  const { writtenText } = /** @type {any} */ (node);
  const texts = textNodes(node);
  let at = 0;
  /** @type {number | null} */
  let from = null;
  let to = 0;
  for (const text of texts) {
    if (range.intersectsNode(text)) {
      from ??= at + (text === range.startContainer ? range.startOffset : 0);
      to = at + (text === range.endContainer ? range.endOffset : text.data.length);
    }
    at += text.data.length;
  }
  const shown = texts.map((text) => text.data).join('');
  const source = selectedSource(writtenText ?? '', shown, from ?? 0, to, isAlone);
  const author = isAlone ? null : node.parentElement?.querySelector('.author');
  return source && author && range.intersectsNode(author)
    ? `${author.textContent}\n${source}`
    : source;
}

/** The texts that somebody wrote, without what the page adds. @param {HTMLElement} node */
function textNodes(node) {
  const walker = document.createTreeWalker(
    node,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (each) =>
      each instanceof Element && 'added' in /** @type {HTMLElement} */ (each).dataset
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
  );
  /** @type {Text[]} */
  const found = [];
  while (walker.nextNode()) if (walker.currentNode instanceof Text) found.push(walker.currentNode);
  return found;
}
