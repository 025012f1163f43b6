/** The list of keyboard shortcuts (`?`). */

import { t } from '../i18n.js';
import { h } from '../vdom.js';
import { DialogView, openDialog } from './dialog.js';

/** @import {TextKey} from '../i18n.js' */

/** @type {[string[], TextKey][]} */
const SHORTCUTS = [
  [['Ctrl', 'K'], 'keys.switcher'],
  [['Alt', '↑'], 'keys.previous'],
  [['Alt', '↓'], 'keys.next'],
  [['Ctrl', 'Shift', 'F'], 'keys.search'],
  [['Enter'], 'keys.send'],
  [['Shift', 'Enter'], 'keys.line'],
  [['Ctrl', 'B'], 'format.bold'],
  [['Ctrl', 'I'], 'format.italic'],
  [['Ctrl', 'Shift', 'X'], 'format.strike'],
  [['Ctrl', 'E'], 'format.code'],
  [['Alt', 'F10'], 'format.toolbar-key'],
  [['Esc'], 'keys.escape'],
  [['↑'], 'keys.edit-last'],
  [['↑', '↓'], 'keys.messages'],
  [['→'], 'keys.buttons'],
  [['+'], 'reactions.react'],
  [['R'], 'message.reply'],
  [['E'], 'message.edit'],
  [['F'], 'message.forward'],
  [['P'], 'pins.pin'],
  [['X'], 'message.select'],
  [['Delete'], 'message.hide'],
  [['End'], 'keys.latest'],
  [['?'], 'keys.help'],
];

class ShortcutsDialog extends DialogView {
  /** @override */
  render() {
    return this.layout(
      t('keys.title'),
      h(
        'dl',
        { class: 'shortcuts' },
        SHORTCUTS.map(([keys, text]) =>
          h(
            'div',
            { key: text },
            h(
              'dt',
              null,
              keys.map((key) => h('kbd', { key }, key)),
            ),
            h('dd', null, t(text)),
          ),
        ),
      ),
    );
  }
}

customElements.define('shortcuts-dialog', ShortcutsDialog);

export const openShortcuts = () => openDialog(new ShortcutsDialog(), 'modal-small');
