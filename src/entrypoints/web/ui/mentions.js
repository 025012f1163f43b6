/** Suggestions while a mention is typed. The service decides whom a text mentions. */

import { foldCase } from '../client/text.js';
import { state } from './context.js';
import { t } from './i18n.js';
import { avatar, isolatedText } from './widgets.js';
import { h } from './vdom.js';

/** @import {User} from '../client/types.js' */

const MAX_SUGGESTIONS = 6;
const MENTION_AT_CURSOR = /(?:^|[\s([{,;:])@([a-z0-9._-]*)$/iu;

/**
 * The unfinished mention before the cursor.
 * @param {string} text
 * @param {number} cursor
 * @returns {{query: string, start: number} | null} `start` is the index of the at sign
 */
export function typedMention(text, cursor) {
  const match = MENTION_AT_CURSOR.exec(text.slice(Math.max(0, cursor - 64), cursor));
  return match && { query: foldCase(match[1]), start: cursor - match[1].length - 1 };
}

/**
 * Members whose handle or a part of whose name starts with *query*.
 * @param {string} conversation
 * @param {string} query
 * @returns {User[]}
 */
function suggestions(conversation, query) {
  const { conversations, users, me } = state();
  const { members, head } = conversations.get(conversation) ?? {};
  if (head?.kind !== 'group') return [];
  return (members ?? [])
    .filter(({ user }) => user !== me?.id)
    .flatMap(({ user }) => users.get(user) ?? [])
    .filter(({ handle, display_name }) =>
      [handle, ...foldCase(display_name).split(/\s+/)].some((word) => word.startsWith(query)),
    )
    .slice(0, MAX_SUGGESTIONS);
}

/** A list of suggested people, one of which is selected. */
export class MentionSuggestions {
  /**
   * @param {User[]} people
   * @param {number} start index of the at sign
   * @param {number} [selectedIndex] the one that Enter takes
   */
  constructor(people, start, selectedIndex = 0) {
    this.people = people;
    this.start = start;
    this.selectedIndex = selectedIndex;
  }

  /**
   * The suggestions for the text before the cursor.
   * @param {string} conversation
   * @param {string} text
   * @param {number} cursor
   * @returns {MentionSuggestions | null} null if no mention is being typed
   */
  static forText(conversation, text, cursor) {
    const typed = typedMention(text, cursor);
    const people = typed ? suggestions(conversation, typed.query) : [];
    return typed && people.length ? new MentionSuggestions(people, typed.start) : null;
  }

  get selected() {
    return this.people[this.selectedIndex];
  }

  /** @param {number} step 1 or -1 */
  withSelectionMoved(step) {
    const { length } = this.people;
    return new MentionSuggestions(
      this.people,
      this.start,
      (this.selectedIndex + step + length) % length,
    );
  }

  /** @param {(person: User) => void} onPick */
  render(onPick) {
    const label = t('composer.mentions');
    return h(
      'ul',
      { class: 'mention-list', id: 'mention-list', role: 'listbox', 'aria-label': label },
      this.people.map((person, index) => this.#option(person, index, onPick)),
    );
  }

  /** @param {User} person @param {number} index @param {(person: User) => void} onPick */
  #option(person, index, onPick) {
    const pick = (/** @type {Event} */ event) => {
      // Keep the focus in the text field.
      event.preventDefault();
      onPick(person);
    };
    return h(
      'li',
      {
        key: person.id,
        id: `mention-${index}`,
        role: 'option',
        'aria-selected': String(index === this.selectedIndex),
        on: { pointerdown: pick },
      },
      avatar(person.id, person.display_name, { size: 'small' }),
      isolatedText(person.display_name),
      h('small', null, `@${person.handle}`),
    );
  }
}
