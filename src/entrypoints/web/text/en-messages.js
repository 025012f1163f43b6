/** English texts about what can be done with messages. */

export const EN_MESSAGES = {
  'composer.editing': 'Edit message',
  'composer.no-edit': 'Stop editing',
  'composer.no-reply': 'Do not reply',
  'composer.replying': 'Reply to {name}',

  'message.edit': 'Edit',
  'message.reply': 'Reply',
  'message.was-recalled': 'This message was recalled',

  'quote.gone': 'This message is not here any more',
  'quote.label': 'Reply to {name}: {text}',
};
