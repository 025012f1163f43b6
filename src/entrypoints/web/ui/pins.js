/** Pinned messages: the strip under the header, and the action on a message. */

import { errorCode } from '../client/errors.js';
import { presentMessage, shownMessage, shownPins } from '../client/store/changes.js';
import { client, state } from './context.js';
import { openPins } from './dialogs/pins.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { messageExcerpt } from './message-excerpt.js';
import { canReact } from './reactions.js';
import { navigate } from './router.js';
import { attempt, toast } from './toasts.js';
import { iconButton } from './widgets.js';
import { h } from './vdom.js';

/** @import {Conversation, LoggedMessage} from '../client/types.js' */
/** @import {MessageAction} from './message-action-types.js' */

/** Pinned messages of one conversation. */
const MAX_PINS = 100;
/** More marks than this would be too thin to see. */
const MAX_MARKS = 5;

/**
 * Pin a message for everybody in the conversation, or unpin it.
 * @param {LoggedMessage} message
 */
export function togglePin(message) {
  const { conversation, seq } = message;
  const on = !presentMessage(state(), message).pinned;
  const known = state().conversations.get(conversation);
  if (on && known && shownPins(state(), known).length >= MAX_PINS)
    return toast(t('pins.too-many'), 'error');
  const sent = client().changes.set({ type: 'pin.set', conversation, seq, on });
  toast(t(on ? 'pins.own' : 'pins.own-off'));
  attempt(
    sent.catch((error) => {
      if (errorCode(error) !== 'conflict') throw error;
      toast(t('pins.too-many'), 'error');
    }),
  );
}

/** @type {MessageAction} */
export const PIN = {
  id: 'pin',
  icon: 'pin',
  key: 'p',
  label(message) {
    if (!canReact(message)) return null;
    return t(shownMessage(state(), message).pinned ? 'pins.unpin' : 'pins.pin');
  },
  run: (message) => togglePin(message),
};

/** Which pinned message the strip of one conversation shows: it goes from the newest to the oldest. */
export class PinStrip {
  /** Seq of the shown message; null for the newest one. @type {number | null} */
  #shown = null;
  #onChange;

  /** @param {() => void} onChange called when another message is to be shown */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {Conversation} conversation */
  render(conversation) {
    const pins = shownPins(state(), conversation).filter(({ message }) => message);
    if (!pins.length) return null;
    const found = pins.findIndex(({ seq }) => seq === this.#shown);
    const index = found < 0 ? pins.length - 1 : found;
    const { message, seq } = pins[index];
    const text = messageExcerpt(/** @type {LoggedMessage} */ (message));
    const number = index + 1;
    const jump = () => {
      this.#shown = pins.at(index - 1)?.seq ?? null;
      navigate(conversation.head.conversation, seq);
      this.#onChange();
    };
    return h(
      'div',
      { class: 'pin-strip', key: 'pins', role: 'group', 'aria-label': t('pins.label') },
      h(
        'button',
        {
          type: 'button',
          class: 'pin-jump',
          'aria-label': t('pins.jump', { number, count: pins.length, text }),
          on: { click: jump },
        },
        marks(pins.length, index),
        h(
          'span',
          { class: 'pin-text' },
          h(
            'span',
            { class: 'pin-title' },
            icon('pin'),
            pins.length > 1 ? t('pins.count', { number, count: pins.length }) : t('pins.pinned'),
          ),
          h('span', { class: 'pin-excerpt', dir: 'auto' }, text),
        ),
      ),
      iconButton('list', t('pins.list'), () => openPins(conversation.head.conversation), {
        'aria-haspopup': 'dialog',
      }),
    );
  }
}

/**
 * A mark for each pinned message; of many, those around the shown one.
 * @param {number} count
 * @param {number} index of the shown one
 */
function marks(count, index) {
  const number = Math.min(count, MAX_MARKS);
  const first = Math.max(0, Math.min(index - Math.floor(number / 2), count - number));
  return h(
    'span',
    { class: 'pin-marks', 'aria-hidden': 'true' },
    Array.from({ length: number }, (_, place) =>
      h('span', { key: place, class: first + place === index ? 'current' : null }),
    ),
  );
}
