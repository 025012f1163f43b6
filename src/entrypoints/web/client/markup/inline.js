/**
 * Parses the marks in a line or paragraph: `**bold**`, `*italic*`, `_italic_`, `~~strike~~`,
 * `||spoiler||`. Marks that are not in pairs stay text. Pure functions, in linear time.
 */

import { atoms, plain, UNSPACED_SCRIPTS } from './atoms.js';

/** @import {Atom, Leaf} from './atoms.js' */
/**
 * A styled part of a text. `mark` is what was written before and after it.
 * @typedef {{kind: 'bold' | 'italic' | 'strike' | 'spoiler', mark: string, nodes: Inline[]}} Styled
 */
/**
 * A link with a text of its own. `address` is the address as it was written.
 * @typedef {{kind: 'named-link', href: string, address: string, nodes: Inline[]}} NamedLink
 */
/** @typedef {Leaf | Styled | NamedLink} Inline */
/**
 * A mark that may begin something, with what follows it. `count` is the number of its characters.
 * @typedef {{mark: string, count: number, nodes: Inline[], hasContent: boolean}} Opened
 */

/** More marks than this are never open at once: the first one becomes text. */
const MAX_OPEN = 10;
/** A letter or digit, except of scripts without spaces; not the end of an emoji. */
const WORD = new RegExp(`^(?![${UNSPACED_SCRIPTS}\\ufe0f\\u20e3])[\\p{L}\\p{N}\\p{M}]$`, 'u');
const SPACE = /^\s?$/u;
const PUNCTUATION = /^[\p{P}\p{S}]$/u;
/** After which punctuation a single mark may begin. After other one it belongs to a face or code. */
const BEFORE_STAR = /^[\p{Ps}\p{Pi}\p{Pd}\p{So}"'\\~|*_,;:!?…，。、；：！？·）」』】》”’]$/u;
const BEFORE_UNDERSCORE = /^[\p{Ps}\p{Pi}\p{So}"'~|*—–，。、；：！？）」』】》”’]$/u;
/** With what something may begin after punctuation. */
const BEGINNING = /^[\p{L}\p{N}\p{So}\p{Sc}\p{Ps}\p{Pi}"'`@#\\+\-…*_~|]$/u;
/** Single marks surround at least one letter, digit or picture. */
const CONTENT = /[\p{L}\p{N}\p{So}\p{Sc}]/u;
const LETTER = /^[\p{L}\p{N}\p{M}]$/u;

/**
 * @param {string} text
 * @returns {Inline[]} together, with their marks, they are the text
 */
export function parseInline(text) {
  const parser = new InlineParser();
  for (const atom of atoms(text)) parser.add(atom);
  return parser.finish();
}

/** @param {Extract<Atom, {kind: 'run'}>} run */
function canOpen({ text: mark, before, after }) {
  if (SPACE.test(after) || isInWord(mark, before)) return false;
  if (!PUNCTUATION.test(before)) return true;
  const allowed = { '*': BEFORE_STAR, _: BEFORE_UNDERSCORE }[mark] ?? PUNCTUATION;
  return allowed.test(before) && BEGINNING.test(after);
}

/** @param {Extract<Atom, {kind: 'run'}>} run */
const canClose = ({ text: mark, before, after }) =>
  !SPACE.test(before) && before !== '/' && !isInWord(mark, after);

/** Whether a character is a letter or digit of a script with spaces. @param {string} character */
export const isSpacedLetter = (character) => WORD.test(character);

/**
 * Whether a mark next to this character is inside of a word or a name: `2*3`, `snake_case`.
 * @param {string} mark
 * @param {string} neighbour
 */
const isInWord = (mark, neighbour) => (mark === '_' ? LETTER : WORD).test(neighbour);

/** Pairs the marks: a closing mark belongs to the nearest one of the same kind before it. */
class InlineParser {
  /** The text so far, and above it the marks that are open. @type {Opened[]} */
  #open = [{ mark: '', count: 0, nodes: [], hasContent: false }];

  /** @param {Atom} atom */
  add(atom) {
    switch (atom.kind) {
      case 'run':
        return this.#addRun(atom);
      case 'break':
        // Marks never reach beyond a paragraph.
        this.#dropAbove(0);
        return this.#push(plain(atom.text));
      case 'named-link': {
        const { label, href, address } = atom;
        return this.#push({ kind: 'named-link', href, address, nodes: parseLabel(label) });
      }
      default:
        return this.#push(atom);
    }
  }

  /** @returns {Inline[]} */
  finish() {
    this.#dropAbove(0);
    return this.#open[0].nodes;
  }

  /** @param {Extract<Atom, {kind: 'run'}>} run */
  #addRun(run) {
    const [mark] = run.text;
    const { length } = run.text;
    const isMark = { '*': length <= 3, _: length === 1 }[mark] ?? length === 2;
    if (!isMark) return this.#push(plain(run.text));
    let rest = length;
    if (canClose(run))
      for (let at = this.#find(mark, rest); at > 0; at = this.#find(mark, rest))
        rest -= this.#close(at, rest);
    if (rest === length && canOpen(run)) this.#begin(mark, length);
    else if (rest) this.#push(plain(mark.repeat(rest)));
  }

  /** @param {string} mark @param {number} count */
  #begin(mark, count) {
    this.#open.push({ mark, count, nodes: [], hasContent: false });
    if (this.#open.length <= MAX_OPEN) return;
    const [first] = this.#open.splice(1, 1);
    moveInto(this.#open[0], first);
  }

  /**
   * The index of the nearest open mark that this one can close; -1 if there is none. Three stars
   * are one and two.
   * @param {string} mark
   * @param {number} count
   */
  #find(mark, count) {
    if (!count) return -1;
    return this.#open.findLastIndex(
      (each) => each.mark === mark && (each.count === count || each.count === 3 || count === 3),
    );
  }

  /**
   * Close an open mark.
   * @param {number} at its index
   * @param {number} count characters of the closing mark
   * @returns {number} how many of them were used
   */
  #close(at, count) {
    this.#dropAbove(at);
    const opened = this.#open[at];
    const used = Math.min(opened.count, count);
    const { mark, nodes, hasContent } = opened;
    if (used === 1 && !hasContent) {
      this.#dropAbove(at - 1);
      this.#push(plain(mark.repeat(used)));
      return used;
    }
    opened.count -= used;
    opened.nodes = [];
    if (!opened.count) this.#open.pop();
    this.#push(style(mark, used, nodes));
    return used;
  }

  /** The open marks above an index become text. @param {number} at */
  #dropAbove(at) {
    while (this.#open.length - 1 > at) {
      const last = /** @type {Opened} */ (this.#open.pop());
      moveInto(/** @type {Opened} */ (this.#open.at(-1)), last);
    }
  }

  /** @param {Inline} node */
  #push(node) {
    push(/** @type {Opened} */ (this.#open.at(-1)), node);
  }
}

/** @param {Opened} into @param {Opened} from */
function moveInto(into, from) {
  push(into, plain(from.mark.repeat(from.count)));
  for (const node of from.nodes) push(into, node);
}

/** @param {Opened} into @param {Inline} node */
function push(into, node) {
  const last = into.nodes.at(-1);
  if (isPlain(node) && last && isPlain(last))
    into.nodes[into.nodes.length - 1] = plain(last.text + node.text);
  else into.nodes.push(node);
  into.hasContent ||= !('text' in node) || node.kind === 'code' || CONTENT.test(node.text);
}

/**
 * Whether a node is text as it was written.
 * @param {Inline} node
 * @returns {node is {kind: 'plain', text: string}}
 */
const isPlain = (node) => node.kind === 'plain' && node.source === undefined;

/** @param {string} mark @param {number} count @param {Inline[]} nodes @returns {Styled} */
function style(mark, count, nodes) {
  if (mark === '~') return { kind: 'strike', mark: '~~', nodes };
  if (mark === '|') return { kind: 'spoiler', mark: '||', nodes };
  if (count === 1) return { kind: 'italic', mark, nodes };
  if (count === 2) return { kind: 'bold', mark: '**', nodes };
  return { kind: 'bold', mark: '**', nodes: [style('*', 1, nodes)] };
}

/**
 * The label of a link: marks and code, but nothing that leads elsewhere.
 * @param {string} label
 */
const parseLabel = (label) => parseInline(label).map(withoutTargets);

/** @param {Inline} node @returns {Inline} */
function withoutTargets(node) {
  if ('nodes' in node) return { ...node, nodes: node.nodes.map(withoutTargets) };
  return node.kind === 'link' || node.kind === 'mention' ? plain(node.text) : node;
}
