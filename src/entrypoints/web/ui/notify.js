/**
 * Telling a user who looks elsewhere: the title, the icon of the tab, a desktop notification, a
 * tone.
 */

import { excerpt, mentions } from '../client/store/heads.js';
import { isMuted, unreadTotal } from '../client/store/select.js';
import { client, state } from './context.js';
import { badge, t } from './i18n.js';
import { nameOf, titleOf } from './parts.js';
import { onPreferences, preferences } from './preferences.js';
import { go, onRoute, route } from './router.js';
import { ChatTimeline } from './timeline.js';

/** @import {Conversation, Frame} from '../client/types.js' */

/**
 * Which conversation each other tab shows to somebody who is there.
 * @type {Map<string, string | null>}
 */
const attended = new Map();
const TAB = String(Math.random());

/** Whether this page may notify. @returns {NotificationPermission | 'unsupported'} */
export const mayNotify = () =>
  'Notification' in globalThis ? Notification.permission : 'unsupported';

/** Ask for the permission to notify, after a click. @returns {Promise<boolean>} */
export const askForDesktop = async () =>
  mayNotify() !== 'unsupported' && (await Notification.requestPermission()) === 'granted';

/** Begin to tell. */
export function startNotifying() {
  const { tabs } = client();
  tabs.onTold(
    (topic, detail) => topic === 'attended' && attended.set(detail.tab, detail.conversation),
  );
  const report = () =>
    tabs.tell('attended', {
      tab: TAB,
      conversation: ChatTimeline.attentive ? route().conversation : null,
    });
  for (const type of ['focus', 'blur']) addEventListener(type, report);
  addEventListener('pagehide', () => tabs.tell('attended', { tab: TAB, conversation: null }));
  document.addEventListener('visibilitychange', report);
  onRoute(() => {
    report();
    showCount();
  });
  onPreferences(() => state().me && showCount());
  navigator.serviceWorker?.addEventListener('message', heed);
  client().subscribe((now, frame, before) => {
    if (now.conversations !== before.conversations || now.me !== before.me) showCount();
    if (frame.type === 'event' && frame.kind === 'message.posted') consider(frame);
    if (frame.type === 'read') putAway(frame.conversation, frame.seq);
    if (frame.type === 'event.me' && frame.kind === 'read.moved')
      putAway(frame.data.conversation, frame.data.seq);
    if (frame.type === 'signed-out') putAway();
  });
}

/** The service worker asks what the user sees, or sends them somewhere. @param {MessageEvent} event */
function heed({ data, ports }) {
  if (data.go) go(data.go.conversation, data.go.seq);
  if (data.sees)
    ports[0].postMessage(ChatTimeline.attentive && route().conversation === data.sees);
}

/**
 * Notifications of what was read, here or on another device, go away; without a place, all go.
 * @param {string} [tag]
 * @param {number} [seq]
 */
async function putAway(tag, seq = Infinity) {
  const worker = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await worker?.getNotifications({ tag })) ?? [])
    if ((shown.data?.seq ?? 0) <= seq) shown.close();
}

/** @param {Frame} frame a message that arrived just now */
function consider(frame) {
  const conversation = state().conversations.get(frame.conversation);
  const me = state().me?.id ?? '';
  if (!conversation || frame.by === me || !client().tabs.speaks() || !preferences().disturb)
    return;
  if (isMuted(conversation, Date.now()) && !mentions(frame.data, me)) return;
  const here = ChatTimeline.attentive && route().conversation === frame.conversation;
  if (here || [...attended.values()].includes(frame.conversation)) return;
  if (preferences().sound) tone();
  if (preferences().desktop) notify(conversation, frame);
}

/** @param {Conversation} conversation @param {Frame} frame */
async function notify({ head }, { conversation, seq, by, data }) {
  if (mayNotify() !== 'granted') return;
  const title =
    head.kind === 'group'
      ? t('notify.group', { name: nameOf(by), title: titleOf(head) })
      : nameOf(by);
  const body = preferences().preview
    ? excerpt(String(data.body?.text ?? ''))
    : t('notify.message');
  const options = {
    body,
    tag: conversation,
    icon: '/icon.svg',
    silent: true,
    data: { conversation, seq },
  };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) return worker.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.onclick = () => {
    focus();
    go(conversation, seq);
    shown.close();
  };
}

/** A short soft tone of two notes. */
function tone() {
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

let counted = -1;
/** Icons by what is written on them; there are a hundred at most. @type {Map<string, string>} */
const icons = new Map();

/** The count stands in the title and on the icon of the tab. */
function showCount() {
  const { me, conversations } = state();
  const count = me ? unreadTotal(state(), Date.now()) : 0;
  const head = conversations.get(route().conversation ?? '')?.head;
  const name = me && head ? `${titleOf(head)} – Parlour` : 'Parlour';
  document.title = count ? `(${badge(count)}) ${name}` : name;
  if (count === counted) return;
  counted = count;
  const link = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=icon]'));
  link.href = count ? iconOf(count > 99 ? '99' : String(count)) : '/icon.svg';
}

/** @param {string} number */
function iconOf(number) {
  const known =
    icons.get(number) ?? URL.createObjectURL(new Blob([drawn(number)], { type: 'image/svg+xml' }));
  icons.set(number, known);
  return known;
}

/** The icon with a number. @param {string} number */
const drawn = (number) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<path fill="#0b6e63" d="M8 14a8 8 0 0 1 8-8h32a8 8 0 0 1 8 8v24a8 8 0 0 1-8 8H30L16 58V46a8 8 0 0 1-8-8z"/>
<circle cx="44" cy="44" r="20" fill="#c62f2f"/><text x="44" y="52" text-anchor="middle" fill="#fff"
font-family="sans-serif" font-weight="700" font-size="${number.length > 1 ? 20 : 26}">${number}</text></svg>`;
