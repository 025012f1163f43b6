/**
 * The source of a part of a message: the text as it was written, with the marks around it. Pure
 * functions; indices count UTF-16 units.
 */

import { parseBlocks } from './blocks.js';

/** @import {Block, ListItem} from './blocks.js' */
/** @import {Inline, NamedLink, Styled} from './inline.js' */

/**
 * What was written for a selected part of a message. Of a piece of code alone it is the code, and
 * has no marks.
 * @param {string} text the message
 * @param {string} shown what the document shows of it: its words, without any marks or breaks
 *   between blocks
 * @param {number} from where the part begins in what is shown
 * @param {number} to where it ends
 * @param {boolean} isAlone whether no other message is selected
 * @returns {string | null} null if the document shows something else
 */
export function selectedSource(text, shown, from, to, isAlone) {
  const blocks = parseBlocks(text);
  const leaves = [...leavesOf(blocks)];
  if (leaves.map((leaf) => leaf.text).join('') !== shown) return null;
  const code = isAlone ? codeAround(leaves, from, to) : null;
  if (code !== null) return code;
  return from === 0 && to === shown.length ? text : new SourceWriter(from, to).blocks(blocks);
}

/**
 * A piece of text without inner structure.
 * @typedef {{text: string, isCode: boolean}} Piece
 */

/**
 * The selected part of the one piece of code that contains all of it, if there is one.
 * @param {Piece[]} pieces
 * @param {number} from
 * @param {number} to
 * @returns {string | null}
 */
function codeAround(pieces, from, to) {
  let at = 0;
  for (const { text, isCode } of pieces) {
    const end = at + text.length;
    if (from < end && from >= at)
      return isCode && to <= end ? text.slice(from - at, to - at) : null;
    at = end;
  }
  return null;
}

/**
 * @param {(Block | Inline | ListItem)[]} nodes
 * @returns {Generator<Piece>}
 */
function* leavesOf(nodes) {
  for (const node of nodes) {
    if ('nodes' in node) yield* leavesOf(node.nodes);
    else if ('blocks' in node) yield* leavesOf(node.blocks);
    else if ('items' in node) yield* leavesOf(node.items);
    else yield { text: node.text, isCode: node.kind === 'fence' || node.kind === 'code' };
  }
}

/** Writes the source of what lies in a part of the visible text. */
class SourceWriter {
  #from;
  #to;
  /** Characters of the visible text so far. */
  #at = 0;

  /** @param {number} from @param {number} to */
  constructor(from, to) {
    this.#from = from;
    this.#to = to;
  }

  /** @param {Block[]} blocks @returns {string} */
  blocks(blocks) {
    return blocks
      .map((block) => this.#block(block))
      .filter(Boolean)
      .join('\n');
  }

  /** @param {Block} block @returns {string} */
  #block(block) {
    switch (block.kind) {
      case 'text':
        return this.#inline(block.nodes);
      case 'quote':
        return prefixLines(this.blocks(block.blocks), '> ', '> ');
      case 'list':
        return block.items
          .map((item) => this.#item(item))
          .filter(Boolean)
          .join('\n');
      default:
        return this.#fence(this.#part(block.text), block.language);
    }
  }

  /** @param {ListItem} item */
  #item({ number, blocks }) {
    const marker = number === null ? '- ' : `${number}. `;
    return prefixLines(this.blocks(blocks), marker, ' '.repeat(marker.length));
  }

  /** @param {string} code @param {string} [language] */
  #fence(code, language = '') {
    if (!code) return '';
    const longest = Math.max(2, ...Array.from(code.matchAll(/`+/g), ([run]) => run.length));
    const fence = '`'.repeat(longest + 1);
    return `${fence}${language}\n${code}\n${fence}`;
  }

  /** @param {Inline[]} nodes @returns {string} */
  #inline(nodes) {
    return nodes.map((node) => this.#node(node)).join('');
  }

  /** @param {Inline} node @returns {string} */
  #node(node) {
    if ('nodes' in node) return this.#styled(node);
    const part = this.#part(node.text);
    if (!part) return '';
    if (node.kind === 'plain') return node.source ?? part;
    if (node.kind !== 'code') return part;
    return part.includes('`') ? `\`\` ${part} \`\`` : `\`${part}\``;
  }

  /** Marks stand directly at the words. @param {Styled | NamedLink} node */
  #styled(node) {
    const inner = this.#inline(node.nodes);
    const words = inner.trim();
    if (!words) return inner;
    const [before, after] =
      node.kind === 'named-link' ? ['[', `](${node.address})`] : [node.mark, node.mark];
    return inner.replace(words, () => `${before}${words}${after}`);
  }

  /** The part of a leaf that is wanted. @param {string} text */
  #part(text) {
    const start = this.#at;
    this.#at += text.length;
    return text.slice(Math.max(0, this.#from - start), Math.max(0, this.#to - start));
  }
}

/**
 * @param {string} text
 * @param {string} first before the first line
 * @param {string} others before each other line
 */
const prefixLines = (text, first, others) => text && first + text.replaceAll('\n', `\n${others}`);
