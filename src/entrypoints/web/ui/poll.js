/** A poll in the timeline: its options with their votes, and voting. */

import { errorCode } from '../client/errors.js';
import { presentMessage } from '../client/store/changes.js';
import { client, state } from './context.js';
import { formatDay, formatList, formatTime, t } from './i18n.js';
import { icon } from './icons.js';
import { announce } from './live-region.js';
import { canReact } from './reactions.js';
import { attempt, toast } from './toasts.js';
import { h } from './vdom.js';

/** @import {VoteSummary} from '../client/message-types.js' */
/** @import {LoggedMessage, OutboxEntry} from '../client/types.js' */
/**
 * @typedef {object} Poll
 * @property {string} question
 * @property {string[]} options
 * @property {boolean} [multiple]
 * @property {boolean} [public]
 * @property {string} [closes_at]
 */

/** The longest time that a browser's timer can wait, milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** When the next poll on the screen closes, and its timer. */
let nextClosing = Infinity;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let closingTimer;

/** The time of the service, milliseconds since 1970. */
const serviceTime = () => Date.now() + client().api.clockSkew;

/**
 * Whether a message is a poll that is over.
 * @param {LoggedMessage | OutboxEntry} message
 */
export function isClosedPoll({ kind, body }) {
  const { closes_at } = /** @type {any} */ (body);
  return kind === 'poll' && Boolean(closes_at) && Date.parse(closes_at) <= serviceTime();
}

/** Show a poll as closed when its time has come. @param {string} closesAt */
function watchClosing(closesAt) {
  const time = Date.parse(closesAt);
  if (time >= nextClosing) return;
  nextClosing = time;
  clearTimeout(closingTimer);
  const delay = Math.min(MAX_TIMER_MS, Math.max(0, time - serviceTime()) + 50);
  closingTimer = setTimeout(() => {
    nextClosing = Infinity;
    /** @type {any} */ (document.querySelector('chat-timeline'))?.requestUpdate();
  }, delay);
}

/**
 * The content of a poll.
 * @param {LoggedMessage | OutboxEntry} message as it is shown
 */
export function pollBody(message) {
  const poll = /** @type {Poll} */ (/** @type {unknown} */ (message.body));
  const { votes = { counts: [], voters: 0 } } = /** @type {LoggedMessage} */ (message);
  const isClosed = isClosedPoll(message);
  if (poll.closes_at && !isClosed) watchClosing(poll.closes_at);
  const canVote = canReact(message) && !isClosed;
  const rules = [
    t(poll.multiple ? 'poll.kind-multiple' : 'poll.kind-single'),
    poll.public && t('poll.public-short'),
  ];
  return h(
    'div',
    { class: 'poll', key: 'poll', role: 'group', 'aria-label': poll.question },
    h('p', { class: 'poll-question', dir: 'auto' }, poll.question),
    h('p', { class: 'poll-rules' }, rules.filter(Boolean).join(' · ')),
    poll.options.map((option, index) =>
      optionButton(option, index, votes, canVote && (() => vote(message, index))),
    ),
    h(
      'p',
      { class: 'poll-result' },
      votes.voters ? t('poll.voters', { count: votes.voters }) : t('poll.voters-none'),
      votes.mine &&
        canVote && [
          ' · ',
          h(
            'button',
            {
              type: 'button',
              class: 'link',
              tabindex: '-1',
              on: { click: () => cast(message, []) },
            },
            t('poll.take-back'),
          ),
        ],
    ),
    poll.closes_at &&
      h(
        'p',
        { class: `poll-rules${isClosed ? ' poll-closed' : ''}` },
        t(isClosed ? 'poll.closed-at' : 'poll.closes-at', {
          time: closingTime(Date.parse(poll.closes_at)),
        }),
      ),
  );
}

/** Day and time, in the user's language. @param {number} time */
const closingTime = (time) => `${formatDay(time, Date.now())} ${formatTime(time)}`;

/**
 * @param {string} option
 * @param {number} index
 * @param {VoteSummary} votes
 * @param {false | (() => void)} onClick false: nobody can vote
 */
function optionButton(option, index, { counts, voters, mine = [] }, onClick) {
  const count = counts[index] ?? 0;
  const percent = voters ? Math.round((100 * count) / voters) : 0;
  const isMine = mine.includes(index);
  return h(
    'button',
    {
      type: 'button',
      class: 'poll-option',
      key: index,
      tabindex: '-1',
      disabled: !onClick,
      'aria-pressed': String(isMine),
      'aria-label': t('poll.choice', { option, count, percent }),
      style: { '--share': `${percent}%` },
      on: onClick ? { click: onClick } : {},
    },
    h('span', { class: 'poll-mark', 'aria-hidden': 'true' }, isMine && icon('check')),
    h('span', { class: 'poll-label', dir: 'auto' }, option),
    ' ',
    h('span', { class: 'poll-percent' }, `${percent}%`),
    h('span', { class: 'poll-bar', 'aria-hidden': 'true' }),
  );
}

/**
 * Vote for an option, or against it if it was chosen before.
 * @param {LoggedMessage} message
 * @param {number} index
 */
function vote(message, index) {
  const { votes, body } = presentMessage(state(), message);
  const mine = votes?.mine ?? [];
  const others = body.multiple ? mine.filter((chosen) => chosen !== index) : [];
  const options = mine.includes(index) ? others : [...others, index];
  cast(
    message,
    options.sort((one, other) => one - other),
  );
}

/** @param {LoggedMessage} message @param {number[]} options */
function cast({ conversation, seq, body }, options) {
  const names = formatList(options.map((index) => String(body.options?.[index])));
  announce(options.length ? t('poll.own', { options: names }) : t('poll.own-back'));
  attempt(
    client()
      .changes.set({ type: 'poll.vote', conversation, seq, options })
      .catch((error) => {
        if (errorCode(error) !== 'conflict') throw error;
        toast(t('poll.is-closed'), 'error');
      }),
  );
}

/** Estimated height of a poll in pixels. @param {LoggedMessage | OutboxEntry} message */
export const estimatePollHeight = ({ body }) =>
  100 +
  44 *
    (Array.isArray(/** @type {any} */ (body).options)
      ? /** @type {any} */ (body).options.length
      : 0);
