/** English: code and spoilers in messages, and the toolbar of the composer. */

export const EN_RICH_TEXT = {
  'code.copy': 'Copy code',
  'code.name': 'Code',

  'format.bold': 'Bold',
  'format.code': 'Code',
  'format.italic': 'Italic',
  'format.link': 'Link',
  'format.list': 'List',
  'format.quote': 'Quote',
  'format.strike': 'Strikethrough',
  'format.toolbar': 'Formatting',
  'format.toolbar-key': 'Formats for the selected text',

  'spoiler.show': 'Show spoiler',
};
