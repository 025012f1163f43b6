/** English: settings and notifications. */

export const EN_SETTINGS = {
  'device.end': 'Log out',
  'device.ended': 'The device was logged out.',
  'device.seen': 'Active {ago}',
  'device.this': 'This device',
  'device.unknown': 'Unnamed device',

  'language.browser': 'As the browser',

  'notifications.joined': 'You were added to “{conversation}”',
  'notifications.joined-hint': 'Say hello to everybody.',
  'notifications.mention': '{name} mentioned you in {conversation}',
  'notifications.more': 'Show older ones',
  'notifications.none': 'Nothing yet',
  'notifications.none-text':
    'Where somebody mentions you or adds you to a group, it will stand here.',
  'notifications.open': 'Notifications',
  'notifications.open-new': {
    one: 'Notifications, {count} new',
    other: 'Notifications, {count} new',
  },
  'notifications.read': 'Mark as read',
  'notifications.read-all': 'Mark all as read',
  'notifications.removed': 'You were removed from “{conversation}”',
  'notifications.removed-hint': 'What was said there is no longer yours to read.',
  'notifications.title': 'Notifications',
  'notifications.unread': 'Unread:',

  'notify.denied':
    'This browser blocks notifications from here. Allow them in its settings for this site first.',
  'notify.group': '{name} in {title}',
  'notify.mention': 'Somebody mentioned you',
  'notify.message': 'New message',

  'push.blocked':
    'Allowed, but this browser got no address from its push service. It may be turned off or out of reach.',
  'push.off': 'This device is told of direct messages and mentions, even without an open page.',
  'push.on': 'This device is told of direct messages and mentions.',
  'push.preview': 'Show who wrote, and what',
  'push.preview-hint': 'Off: it says only that there is something.',
  'push.quiet': 'Paused while you do not want to be disturbed.',
  'push.title': 'Notify while the page is closed',
  'push.unoffered': 'This service does not offer it.',
  'push.unsupported':
    'Not possible here: it takes a browser with pushes, and https. On an iPhone or iPad, add the page to the home screen first.',

  'settings.change-password': 'Change password',
  'settings.desktop': 'Notify while the page is open',
  'settings.desktop-hint': 'When you look at something else.',
  'settings.devices': 'Devices',
  'settings.language': 'Language',
  'settings.log-out': 'Log out',
  'settings.name': 'Display name',
  'settings.new-password': 'New password',
  'settings.notifications': 'Notifications',
  'settings.old-password': 'Current password',
  'settings.open': 'Settings and profile',
  'settings.page': 'This page',
  'settings.password': 'Password',
  'settings.password-changed': 'The password was changed, other devices were logged out.',
  'settings.password-hint': 'All your other devices will be logged out.',
  'settings.presence': 'Others see me as',
  'settings.preview': 'Show what was written',
  'settings.quiet': 'Do not disturb',
  'settings.quiet-hint': 'Counts go on, nothing pops up.',
  'settings.receipts': 'Read receipts',
  'settings.receipts-hint': 'Others see what you have read.',
  'settings.saved': 'Saved.',
  'settings.sound': 'Sound',
  'settings.theme': 'Appearance',
  'settings.title': 'Settings',
  'settings.unsent': {
    one: '{count} message was not sent yet and would be lost.',
    other: '{count} messages were not sent yet and would be lost.',
  },
  'settings.wrong-password': 'This is not your current password.',

  'theme.dark': 'Dark',
  'theme.light': 'Light',
  'theme.system': 'As the system',
};
