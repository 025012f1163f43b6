/** Mentions: who could be meant by what is being typed after an at sign, and who is named. */

import { state } from './context.js';
import { t } from './i18n.js';
import { avatar, called } from './parts.js';
import { handlesIn } from './tokens.js';
import { h } from './view.js';

/** @import {User} from '../client/types.js' */

const MOST = 6;
/** The protocol allows no more in one message. */
const MOST_NAMED = 50;
const EVERYONE = 'all';
const TYPED = /(?:^|[\s([{,;:])@([a-z0-9._-]*)$/iu;

/**
 * The mention at the cursor.
 * @param {string} text
 * @param {number} cursor
 * @returns {{query: string, start: number} | null} `start` is the place of the at sign
 */
export function typedMention(text, cursor) {
  const match = TYPED.exec(text.slice(Math.max(0, cursor - 64), cursor));
  return match && { query: match[1].toLowerCase(), start: cursor - match[1].length - 1 };
}

/**
 * Members whose handle or a word of whose name begins so.
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
      [handle, ...display_name.toLowerCase().split(/\s+/)].some((word) => word.startsWith(query)),
    )
    .slice(0, MOST);
}

/**
 * The members whom a text names; `all` stands for everybody there.
 * @param {string} conversation
 * @param {string} text
 * @returns {string[]}
 */
export function named(conversation, text) {
  const { conversations, users } = state();
  const handles = new Set(handlesIn(text));
  const members = conversations.get(conversation)?.members ?? [];
  const found = members
    .map(({ user }) => user)
    .filter((user) => handles.has(users.get(user)?.handle ?? ''));
  return [...(handles.has(EVERYONE) ? [EVERYONE] : []), ...found].slice(0, MOST_NAMED);
}

/** People offered while a mention is typed. */
export class MentionOffer {
  /**
   * @param {User[]} people
   * @param {number} start place of the at sign
   * @param {number} [at] the one that Enter takes
   */
  constructor(people, start, at = 0) {
    this.people = people;
    this.start = start;
    this.at = at;
  }

  /**
   * The offer for what stands before the cursor.
   * @param {string} conversation
   * @param {string} text
   * @param {number} cursor
   * @returns {MentionOffer | null}
   */
  static of(conversation, text, cursor) {
    const typed = typedMention(text, cursor);
    const people = typed ? suggestions(conversation, typed.query) : [];
    return typed && people.length ? new MentionOffer(people, typed.start) : null;
  }

  get chosen() {
    return this.people[this.at];
  }

  /** @param {number} step */
  moved(step) {
    const { length } = this.people;
    return new MentionOffer(this.people, this.start, (this.at + step + length) % length);
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
      // The field keeps the focus.
      event.preventDefault();
      onPick(person);
    };
    return h(
      'li',
      {
        key: person.id,
        id: `mention-${index}`,
        role: 'option',
        'aria-selected': String(index === this.at),
        on: { pointerdown: pick },
      },
      avatar(person.id, person.display_name, { size: 'small' }),
      called(person.display_name),
      h('small', null, `@${person.handle}`),
    );
  }
}
