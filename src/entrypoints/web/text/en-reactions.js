/** English texts about reactions and pinned messages. */

export const EN_REACTIONS = {
  'dialog.more': 'Show more',

  'keys.buttons': 'Go into the buttons of a message',

  'pins.announced': '{name} pinned: {text}',
  'pins.announced-off': '{name} unpinned: {text}',
  'pins.count': '{number} of {count}',
  'pins.jump': 'Pinned message {number} of {count}: {text}',
  'pins.label': 'Pinned messages',
  'pins.list': 'All pinned messages',
  'pins.none': 'No message is pinned.',
  'pins.own': 'The message is pinned for everybody here.',
  'pins.own-off': 'The message is not pinned any more.',
  'pins.pin': 'Pin',
  'pins.pinned': 'Pinned',
  'pins.pinned-by': 'Pinned by {name}',
  'pins.title': 'Pinned messages',
  'pins.too-many': 'A conversation has at most 100 pinned messages.',
  'pins.unpin': 'Unpin',

  'reactions.all': 'All',
  'reactions.announced': '{name} reacted {emoji} to your message',
  'reactions.chip': '{emoji} {count}: {names}',
  'reactions.filter': 'Emoji',
  'reactions.label': 'Reactions',
  'reactions.more': 'Other emoji',
  'reactions.none': 'Nobody has reacted.',
  'reactions.others': { one: '{count} other', other: '{count} others' },
  'reactions.own': 'You reacted {emoji}',
  'reactions.own-back': 'You took {emoji} back',
  'reactions.react': 'React',
  'reactions.title': 'Reactions',
  'reactions.too-many': 'A message has at most 20 different emoji.',
  'reactions.who': 'Who reacted',
  'reactions.with': 'React with {emoji}',
};
