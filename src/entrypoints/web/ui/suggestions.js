/** Suggestions above the composer while a mention or the code of an emoji is typed. */

import { h } from './vdom.js';

/** @import {Child} from './vdom.js' */
/**
 * @typedef {object} Suggestion
 * @property {string} key
 * @property {string} text what replaces what was typed
 * @property {Child[]} content how it is shown
 * @property {() => void} [onPick] called when it was inserted
 */

/** A list of suggestions, one of which is selected. */
export class Suggestions {
  /**
   * @param {string} label
   * @param {Suggestion[]} items at least one
   * @param {number} start index of the first character that a suggestion replaces
   * @param {number} [selectedIndex] the one that Enter takes
   */
  constructor(label, items, start, selectedIndex = 0) {
    this.label = label;
    this.items = items;
    this.start = start;
    this.selectedIndex = selectedIndex;
  }

  /** Attributes of the text field above which the list is shown. */
  get fieldProps() {
    return {
      'aria-controls': 'suggestion-list',
      'aria-activedescendant': `suggestion-${this.selectedIndex}`,
    };
  }

  /**
   * What is shown after a key was pressed in the text field.
   * @param {string} key
   * @param {(item: Suggestion) => void} onPick
   * @returns {Suggestions | null | undefined} undefined if the key is none of the list's
   */
  afterKey(key, onPick) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      const { label, items, start } = this;
      const { length } = items;
      return new Suggestions(label, items, start, (this.selectedIndex + step + length) % length);
    }
    if (key === 'Enter' || key === 'Tab') onPick(this.items[this.selectedIndex]);
    else if (key !== 'Escape') return undefined;
    return null;
  }

  /** @param {(item: Suggestion) => void} onPick */
  render(onPick) {
    return h(
      'ul',
      {
        class: 'suggestion-list',
        id: 'suggestion-list',
        role: 'listbox',
        'aria-label': this.label,
      },
      this.items.map((item, index) => this.#option(item, index, onPick)),
    );
  }

  /** @param {Suggestion} item @param {number} index @param {(item: Suggestion) => void} onPick */
  #option(item, index, onPick) {
    const pick = (/** @type {Event} */ event) => {
      // Keep the focus in the text field.
      event.preventDefault();
      onPick(item);
    };
    return h(
      'li',
      {
        key: item.key,
        id: `suggestion-${index}`,
        role: 'option',
        'aria-selected': String(index === this.selectedIndex),
        on: { pointerdown: pick },
      },
      item.content,
    );
  }
}
