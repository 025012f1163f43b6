/** The badge of a person who can be confused with another. */

import { lookalikesOf } from '../client/store/lookalikes.js';
import { state } from './context.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { h } from './vdom.js';

/** At most this many people are named. */
const MAX_NAMED = 3;

/**
 * Whom a user looks like, and whether the name mixes alphabets, in words; empty for most people.
 * @param {string} id
 */
function warningText(id) {
  const handles = lookalikesOf(state(), id).map(({ handle }) => `@${handle}`);
  const people = handles.slice(0, MAX_NAMED).join(', ') + (handles.length > MAX_NAMED ? ' …' : '');
  return [
    people && t('person.lookalike', { people }),
    state().users.get(id)?.mixed_alphabets && t('person.mixed-alphabets'),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The badge, for whoever needs one. @param {string} id */
export function nameWarning(id) {
  const text = warningText(id);
  return text ? h('small', { class: 'name-warning', title: text }, icon('alert'), text) : null;
}
