/** Notifies a user who is looking elsewhere: window title, favicon, desktop notification, sound. */

import { circumstancesOf, decide } from '../client/notification-rule.js';
import { excerpt } from '../client/store/heads.js';
import { unreadTotal } from '../client/store/selectors.js';
import { optional, optionalAsync } from '../client/platform.js';
import { client, state } from './context.js';
import { formatBadge, t } from './i18n.js';
import { nameOf, titleOf } from './widgets.js';
import { onPreferences, preferences } from './preferences.js';
import { navigate, onRoute, route } from './router.js';
import { ChatTimeline } from './timeline.js';

/** @import {Conversation, Frame} from '../client/types.js' */

/**
 * The conversation that each other tab shows, by tab id; null if the user does not look at it.
 * @type {Map<string, string | null>}
 */
const conversationsShownInOtherTabs = new Map();
const TAB_ID = String(Math.random());

/** The browser's permission to notify. @returns {NotificationPermission | 'unsupported'} */
export const notificationPermission = () =>
  'Notification' in globalThis ? Notification.permission : 'unsupported';

/** Ask for the permission to notify. Call it after a click. @returns {Promise<boolean>} */
export const requestNotificationPermission = async () =>
  notificationPermission() !== 'unsupported' &&
  (await optionalAsync(() => Notification.requestPermission(), 'denied')) === 'granted';

/** @returns {Promise<ServiceWorkerRegistration | undefined>} */
const serviceWorker = () =>
  optionalAsync(() => navigator.serviceWorker?.getRegistration(), undefined);

/** Start to notify about new messages. */
export function startNotifications() {
  const { tabs } = client();
  tabs.onMessage(
    (topic, detail) =>
      topic === 'attended' && conversationsShownInOtherTabs.set(detail.tab, detail.conversation),
  );
  const report = () =>
    tabs.broadcast('attended', {
      tab: TAB_ID,
      conversation: ChatTimeline.isUserWatching ? route().conversation : null,
    });
  for (const type of ['focus', 'blur']) addEventListener(type, report);
  addEventListener('pagehide', () =>
    tabs.broadcast('attended', { tab: TAB_ID, conversation: null }),
  );
  document.addEventListener('visibilitychange', report);
  onRoute(() => {
    report();
    showUnreadCount();
  });
  onPreferences(() => state().me && showUnreadCount());
  optional(() => navigator.serviceWorker, undefined)?.addEventListener('message', onWorkerMessage);
  client().subscribe((now, frame, before) => {
    if (now.conversations !== before.conversations || now.me !== before.me) showUnreadCount();
    if (frame.type === 'event' && frame.kind === 'message.posted') onNewMessage(frame);
    if (frame.type === 'event' && frame.kind === 'message.recalled')
      closeNotifications(frame.conversation, frame.data.seq, frame.data.seq);
    if (frame.type === 'read') closeNotifications(frame.conversation, frame.seq);
    if (frame.type === 'event.me' && frame.kind === 'read.moved')
      closeNotifications(frame.data.conversation, frame.data.seq);
    if (frame.type === 'signed-out') closeNotifications();
  });
}

/**
 * The service worker asks whether a conversation is visible or a message recalled, or opens one.
 * @param {MessageEvent} event
 */
function onWorkerMessage({ data, ports }) {
  if (data.navigate) navigate(data.navigate.conversation, data.navigate.seq);
  if (data.isVisible)
    ports[0].postMessage(ChatTimeline.isUserWatching && route().conversation === data.isVisible);
  if (data.isRecalled) isRecalled(data.isRecalled).then((answer) => ports[0].postMessage(answer));
}

/** @param {{conversation: string, seq: number}} place @returns {Promise<boolean>} */
const isRecalled = ({ conversation, seq }) =>
  client()
    .api.messages.get(conversation, [seq])
    .then(
      ({ messages }) => messages.every((message) => message.recalled),
      () => false,
    );

/**
 * Close notifications of messages that were read, here or on another device, or recalled.
 * @param {string} [tag]
 * @param {number} [last]
 * @param {number} [first]
 */
async function closeNotifications(tag, last = Infinity, first = 0) {
  const worker = await serviceWorker();
  for (const notification of (await worker?.getNotifications({ tag })) ?? []) {
    const seq = notification.data?.seq ?? 0;
    if (first <= seq && seq <= last) notification.close();
  }
}

/** @param {Frame} frame a `message.posted` event that was just pushed */
function onNewMessage(frame) {
  const conversation = state().conversations.get(frame.conversation);
  if (!conversation || !client().tabs.isLeader()) return;
  const isOpenHere = ChatTimeline.isUserWatching && route().conversation === frame.conversation;
  const circumstances = circumstancesOf(
    conversation,
    /** @type {any} */ (frame),
    state().me?.id ?? '',
    {
      now: Date.now(),
      isQuiet: !preferences().disturb,
      isFocused:
        isOpenHere || [...conversationsShownInOtherTabs.values()].includes(frame.conversation),
    },
  );
  if (!decide(circumstances).popup) return;
  if (preferences().sound) optional(playSound, undefined);
  if (preferences().desktop) showNotification(conversation, frame);
}

/** @param {Conversation} conversation @param {Frame} frame */
async function showNotification({ head }, { conversation, seq, by, data }) {
  if (notificationPermission() !== 'granted') return;
  const title =
    head.kind === 'group'
      ? t('notify.group', { name: nameOf(by), title: titleOf(head) })
      : nameOf(by);
  const body = preferences().preview ? excerpt(data.kind, data.body) : t('notify.message');
  const options = {
    body,
    tag: conversation,
    icon: 'icon.svg',
    silent: true,
    data: { conversation, seq },
  };
  const worker = await serviceWorker();
  if (worker) return worker.showNotification(title, options);
  // Android refuses notifications outside of a service worker.
  const notification = optional(() => new Notification(title, options), null);
  if (!notification) return;
  notification.onclick = () => {
    focus();
    navigate(conversation, seq);
    notification.close();
  };
}

/** Play a soft tone of two notes. */
function playSound() {
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.connect(audio.destination);
  volume.gain.setValueAtTime(0.06, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.35);
  [660, 880].forEach((frequency, index) => {
    const note = audio.createOscillator();
    note.frequency.value = frequency;
    note.connect(volume);
    note.start(audio.currentTime + index * 0.09);
    note.stop(audio.currentTime + 0.35);
  });
  setTimeout(() => audio.close(), 600);
}

let shownCount = -1;
/** URLs of favicons, by the number on them; at most a hundred. @type {Map<string, string>} */
const faviconUrls = new Map();

/** Show the number of unread messages in the title and on the favicon. */
function showUnreadCount() {
  const { me, conversations } = state();
  const count = me ? unreadTotal(state(), Date.now()) : 0;
  const head = conversations.get(route().conversation ?? '')?.head;
  const name = me && head ? `${titleOf(head)} – Parlour` : 'Parlour';
  document.title = count ? `(${formatBadge(count)}) ${name}` : name;
  if (count === shownCount) return;
  shownCount = count;
  const link = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=icon]'));
  link.href = count ? faviconUrl(count > 99 ? '99' : String(count)) : 'icon.svg';
}

/** @param {string} number */
function faviconUrl(number) {
  const known =
    faviconUrls.get(number) ??
    URL.createObjectURL(new Blob([faviconSvg(number)], { type: 'image/svg+xml' }));
  faviconUrls.set(number, known);
  return known;
}

/** The favicon with a number, as SVG. @param {string} number */
const faviconSvg = (number) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<path fill="#0b6e63" d="M8 14a8 8 0 0 1 8-8h32a8 8 0 0 1 8 8v24a8 8 0 0 1-8 8H30L16 58V46a8 8 0 0 1-8-8z"/>
<circle cx="44" cy="44" r="20" fill="#c62f2f"/><text x="44" y="52" text-anchor="middle" fill="#fff"
font-family="sans-serif" font-weight="700" font-size="${number.length > 1 ? 20 : 26}">${number}</text></svg>`;
