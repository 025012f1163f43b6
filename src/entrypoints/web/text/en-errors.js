/** English: errors, and the rules of what people type. */

export const EN_ERRORS = {
  'error.bad-request': 'The service did not understand this page. Reload it and try again.',
  'error.blocked': 'This person does not take messages from you.',
  'error.conflict':
    'This is not possible now: something was changed meanwhile, or a limit is reached.',
  'error.credentials': 'The handle or the password is wrong.',
  'error.cursor-expired': 'This list has changed too much. Reload the page.',
  'error.forbidden': 'You may not do this.',
  'error.handle-taken': 'Somebody else has this handle. Choose another one.',
  'error.idempotency-mismatch':
    'This message was sent before with another text. Copy it and send it anew.',
  'error.internal': 'Something went wrong. Try again in a moment.',
  'error.invalid': 'The service did not accept this. Check what you entered.',
  'error.log-damaged':
    'This conversation is damaged. Nothing can be sent here until the operator has repaired it.',
  'error.muted': 'You may not write here at the moment.',
  'error.not-found': 'This is not there (any more).',
  'error.not-member': 'You are not a member here.',
  'error.offline': 'The service cannot be reached.',
  'error.overloaded': 'The service is busy. Try again in a moment.',
  'error.rate-limited': 'That was too fast. Wait a moment.',
  'error.timeout': 'The service did not answer in time.',
  'error.token-expired': 'Your session has ended. Log in again.',
  'error.too-large': 'This is too long.',
  'error.unauthenticated': 'You are not logged in any more. Log in again.',
  'error.unavailable': 'The service cannot answer now. Try again in a moment.',
  'error.unknown': 'Something went wrong.',
  'error.unsupported-kind': 'This service does not carry messages of this kind.',
  'error.unsupported-media': 'This service does not take this kind of content.',

  'rule.attachments': 'This service does not carry attachments.',
  'rule.display-name': 'A name is one line of 1 to {max} visible characters.',
  'rule.handle':
    'A handle has {min} to {max} letters (a–z) or digits, with single dots, dashes or underscores between them. A few words such as “admin” are reserved.',
  'rule.mentions': 'A message cannot mention so many people.',
  'rule.message': 'A message has 1 to {max} characters.',
  'rule.muted-until': 'A conversation cannot be muted until this time.',
  'rule.password':
    'A password has at least {min} characters and is not one that everybody tries first.',
  'rule.people': 'Not so many people can be added at once.',
  'rule.person': 'There is no such person.',
  'rule.place': 'The name of a place and its address are one line each.',
  'rule.poll': 'A poll has a question and 2 to 12 different answers, each one line.',
  'rule.poll-closes': 'A poll cannot close at this time.',
  'rule.push': 'The push service of this browser is not one that can be used here.',
  'rule.query': 'This cannot be searched for.',
  'rule.reply-to': 'The message that you reply to is not in this conversation.',
  'rule.role': 'This role cannot be given to this person.',
  'rule.state': 'Others cannot see you in this way.',
  'rule.status-text': 'This status text cannot be used. Choose a shorter one, in one line.',
  'rule.title': 'The name of a group is one line of 1 to {max} visible characters.',
};
