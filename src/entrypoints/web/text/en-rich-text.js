/** English: code and spoilers in messages. */

export const EN_RICH_TEXT = {
  'code.copy': 'Copy code',
  'code.name': 'Code',

  'spoiler.show': 'Show spoiler',
};
