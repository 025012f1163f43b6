/** The sheet of keys (`?`). */

import { t } from '../i18n.js';
import { h } from '../view.js';
import { Sheet, open } from './dialog.js';

/** @import {Phrase} from '../i18n.js' */

/** @type {[string[], Phrase][]} */
const KEYS = [
  [['Ctrl', 'K'], 'keys.switcher'],
  [['Alt', '↑'], 'keys.previous'],
  [['Alt', '↓'], 'keys.next'],
  [['Ctrl', 'Shift', 'F'], 'keys.search'],
  [['Enter'], 'keys.send'],
  [['Shift', 'Enter'], 'keys.line'],
  [['Esc'], 'keys.escape'],
  [['↑', '↓'], 'keys.messages'],
  [['End'], 'keys.latest'],
  [['?'], 'keys.help'],
];

class KeyboardSheet extends Sheet {
  /** @override */
  render() {
    return this.sheet(
      t('keys.title'),
      h(
        'dl',
        { class: 'keys' },
        KEYS.map(([keys, words]) =>
          h(
            'div',
            { key: words },
            h(
              'dt',
              null,
              keys.map((key) => h('kbd', { key }, key)),
            ),
            h('dd', null, t(words)),
          ),
        ),
      ),
    );
  }
}

customElements.define('keyboard-sheet', KeyboardSheet);

export const openKeyboard = () => open(new KeyboardSheet(), 'sheet-small');
