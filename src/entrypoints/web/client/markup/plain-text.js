/** What a message says, without its marks: for lists, notifications and quotes. Pure functions. */

import { parseBlocks } from './blocks.js';

/** @import {Block} from './blocks.js' */
/** @import {Inline} from './inline.js' */

/** Whether a text may have marks. */
const MARK = /[*_~|`[\\]|^ {0,3}(?:>|-|\d{1,3}\.) /m;
/** What stands for a spoiler: its length tells nothing. */
const HIDDEN = '▒▒▒';

/**
 * A text without marks. Items of lists keep their numbers or have bullets, and spoilers stay hidden.
 * @param {string} text
 * @returns {string}
 */
export const plainText = (text) => (MARK.test(text) ? textOfBlocks(parseBlocks(text)) : text);

/** @param {Block[]} blocks @returns {string} */
const textOfBlocks = (blocks) => blocks.map(textOfBlock).join('\n');

/** @param {Block} block @returns {string} */
function textOfBlock(block) {
  switch (block.kind) {
    case 'text':
      return textOf(block.nodes);
    case 'quote':
      return textOfBlocks(block.blocks);
    case 'list':
      return block.items
        .map(
          ({ number, blocks }) =>
            `${number === null ? '•' : `${number}.`} ${textOfBlocks(blocks)}`,
        )
        .join('\n');
    default:
      return block.text;
  }
}

/** @param {Inline[]} nodes @returns {string} */
const textOf = (nodes) =>
  nodes
    .map((node) => {
      if (node.kind === 'spoiler') return HIDDEN;
      return 'nodes' in node ? textOf(node.nodes) : node.text;
    })
    .join('');
