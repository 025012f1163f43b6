/** The icons of the page as SVG paths. They take the colour of the text. */

import { h } from './vdom.js';

/** @import {VNode} from './vdom.js' */

/** Paths in a 24 × 24 view box. */
const PATHS = {
  alert: 'M12 8v5 M12 16.5v.01 M12 3.5 2.8 19.5h18.4z',
  at: 'M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0-3.5V13a2.5 2.5 0 0 0 5 0v-1a9 9 0 1 0-3.6 7.2',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5a2.2 2.2 0 0 0 4 0',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 7.5V12l3 2 M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z',
  close: 'm6.5 6.5 11 11 M17.5 6.5l-11 11',
  copy: 'M9 9h10.5v10.5H9z M15 9V4.5H4.5V15H9',
  device: 'M4.5 5h15v10.5h-15z M2.5 19h19',
  double: 'm2.5 12.5 4.5 4.5L16 7.5 M11.5 16l1 1 9-9.5',
  down: 'M12 5v14 M5.5 12.5 12 19l6.5-6.5',
  edit: 'M4.5 19.5h4L19 9l-4-4L4.5 15.5z M13 7l4 4',
  gear: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M12 3v2.5 M12 18.5V21 M3 12h2.5 M18.5 12H21 M5.6 5.6l1.8 1.8 M16.6 16.6l1.8 1.8 M5.6 18.4l1.8-1.8 M16.6 7.4l1.8-1.8',
  group:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 19.5c.4-3.4 3-5.5 6.5-5.5s6.1 2.1 6.5 5.5 M16 4.8a3.5 3.5 0 0 1 0 6.4 M18 14.4c2 .8 3.2 2.6 3.5 5.1',
  fold: 'M4.5 4.5h15v15h-15z M9.5 4.5v15 M16.5 9.5 14 12l2.5 2.5',
  keyboard: 'M3 6.5h18v11H3z M6.5 10v.01 M10 10v.01 M14 10v.01 M17.5 10v.01 M8 14h8',
  leave: 'M14 4.5H5v15h9 M10 12h10.5 M17 8.5l3.5 3.5-3.5 3.5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7l-1.3 1.3 M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.3-1.3',
  lock: 'M6 11h12v9H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  more: 'M5.5 12v.01 M12 12v.01 M18.5 12v.01',
  mute: 'M6 16.5V11a6 6 0 0 1 9.5-4.9 M18 10.5v6l1.5 1.5H8.5 M10 20.5a2.2 2.2 0 0 0 4 0 M4 3.5l16.5 17',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20.5c.5-4 3.5-6.5 7.5-6.5s7 2.5 7.5 6.5',
  pin: 'M9 3.5h6l-.8 6.5 3.3 3.5h-11L9.8 10z M12 13.5V21',
  plus: 'M12 5v14 M5 12h14',
  reply: 'M9.5 6 4 11.5 9.5 17 M4.5 11.5H14a6 6 0 0 1 6 6v1',
  retry: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3 M19.5 3.5v4.2h-4.2',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z M15.5 15.5 20.5 20.5',
  smile:
    'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z M8.5 14c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2 M9 9.5v.01 M15 9.5v.01',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.4 1.4 M17.3 17.3l1.4 1.4 M5.3 18.7l1.4-1.4 M17.3 6.7l1.4-1.4',
  trash: 'M4.5 7h15 M9.5 7V4.5h5V7 M6.5 7l.8 12.5h9.4L17.5 7',
  unfold: 'M4.5 4.5h15v15h-15z M9.5 4.5v15 M13.5 9.5 16 12l-2.5 2.5',
  unread: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  up: 'M12 19.5V5 M5.5 11.5 12 5l6.5 6.5',
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * An icon. It is hidden from screen readers: the control around it has a label.
 * @param {IconName} name
 * @returns {VNode}
 */
export const icon = (name) =>
  h(
    'svg',
    {
      class: `icon icon-${name}`,
      viewBox: '0 0 24 24',
      'aria-hidden': 'true',
      focusable: 'false',
    },
    h('path', { d: PATHS[name] }),
  );
