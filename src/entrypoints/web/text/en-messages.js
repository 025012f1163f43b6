/** English texts about what can be done with messages. */

export const EN_MESSAGES = {
  'bundle.count': { one: '{count} message', other: '{count} messages' },
  'bundle.title': 'Forwarded messages',

  'clear.action': 'Clear history',
  'clear.sure':
    'Delete all messages of this conversation for you? Others keep them. This cannot be undone.',
  'clear.title': 'Clear the history?',

  'composer.editing': 'Edit message',
  'composer.no-edit': 'Stop editing',
  'composer.no-reply': 'Do not reply',
  'composer.replying': 'Reply to {name}',

  'edit.conflict': 'This message was changed elsewhere while you edited it. It now says:',
  'edit.drop': 'Drop my edit',
  'edit.failed': 'The edit was not saved.',
  'edit.keep-mine': 'Replace it by my text',
  'edit.keep-theirs': 'Keep it',

  'edited.announcement': '{name} edited a message: {text}',
  'edited.at': 'Edited {time}',
  'edited.history': 'Earlier texts',
  'edited.mark': 'edited',

  'forward.chosen': 'Forward to',
  'forward.comment': 'Add a comment',
  'forward.done': {
    one: 'Forwarded to {count} conversation.',
    other: 'Forwarded to {count} conversations.',
  },
  'forward.failed': 'The messages were not forwarded to {name}.',
  'forward.merged': 'As one message',
  'forward.mode': 'How to forward',
  'forward.none': 'No conversation found.',
  'forward.search': 'Search conversations',
  'forward.single': 'One by one',
  'forward.title': { one: 'Forward message', other: 'Forward {count} messages' },
  'forward.too-many': 'At most {count} conversations at once.',
  'forward.waiting': {
    one: 'Will be forwarded to {count} conversation when there is a connection.',
    other: 'Will be forwarded to {count} conversations when there is a connection.',
  },
  'forwarded.from': 'Forwarded from {name}',

  'hide.done': { one: 'Deleted for you.', other: '{count} messages were deleted for you.' },
  'hide.failed': 'The messages were not deleted.',
  'hide.sure': {
    one: 'The message disappears on all your devices. Others keep it.',
    other: 'The {count} messages disappear on all your devices. Others keep them.',
  },
  'hide.title': { one: 'Delete for you?', other: 'Delete {count} messages for you?' },

  'keys.edit-last': 'Edit your last message (in an empty composer)',

  'message.edit': 'Edit',
  'message.forward': 'Forward',
  'message.hide': 'Delete for me',
  'message.recall': 'Recall',
  'message.reply': 'Reply',
  'message.select': 'Select',
  'message.unsupported': 'This page cannot show more of this message.',
  'message.was-recalled': 'This message was recalled',

  'quote.gone': 'This message is not here any more',
  'quote.label': 'In reply to',

  'recall.failed': 'The message was not recalled.',
  'recall.sure': {
    one: 'The message disappears for everybody in this conversation. You can undo this for {seconds} seconds.',
    other:
      'The {count} messages disappear for everybody in this conversation. You can undo this for {seconds} seconds.',
  },
  'recall.title': { one: 'Recall this message?', other: 'Recall {count} messages?' },
  'recall.waiting': {
    one: 'The message will be recalled in {seconds} seconds.',
    other: '{count} messages will be recalled in {seconds} seconds.',
  },

  'recalled.admin': '{name} recalled a message of {author}',
  'recalled.sender': '{name} recalled this message',
  'recalled.undo': 'Undo',
  'recalled.waiting': 'Recalling …',
  'recalled.you': 'You recalled this message',

  'selection.copy': 'Copy',
  'selection.count': { one: '{count} selected', other: '{count} selected' },
  'selection.end': 'End selection',
  'selection.full': 'At most {count} messages can be selected.',
  'selection.selected': 'Selected',
};
