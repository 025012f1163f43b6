/**
 * Tabs of one browser: they tell each other things, and one of them speaks for all.
 *
 * The speaker holds a Web Lock for as long as it lives; when it goes, the browser gives the lock
 * to the next. Where there are no locks (an insecure origin), every tab speaks for itself.
 */

/**
 * @typedef {object} Tabs
 * @property {() => boolean} speaks true in the one tab that notifies and adopts orphaned messages
 * @property {(topic: string, detail?: any) => void} tell the other tabs
 * @property {(listener: (topic: string, detail: any) => void) => void} onTold
 * @property {(listener: () => void) => void} onSpeak called when this tab becomes the speaker
 * @property {<T>(name: string, work: () => Promise<T>) => Promise<T>} exclusively
 */

/** A browser with a single tab. @returns {Tabs} */
export const onlyTab = () => ({
  speaks: () => true,
  tell: () => {},
  onTold: () => {},
  onSpeak: (listener) => listener(),
  exclusively: (_name, work) => work(),
});

/**
 * @param {LockManager} locks
 * @param {BroadcastChannel} channel
 * @returns {Tabs}
 */
export function browserTabs(locks, channel) {
  let speaking = false;
  /** @type {(() => void)[]} */
  const onSpeak = [];
  /** @type {((topic: string, detail: any) => void)[]} */
  const onTold = [];
  channel.onmessage = ({ data }) => {
    for (const listener of onTold) listener(data.topic, data.detail);
  };
  locks.request('parlour-speaker', () => {
    speaking = true;
    for (const listener of onSpeak) listener();
    return new Promise(() => {});
  });
  return {
    speaks: () => speaking,
    tell: (topic, detail) => channel.postMessage({ topic, detail }),
    onTold: (listener) => void onTold.push(listener),
    onSpeak(listener) {
      onSpeak.push(listener);
      if (speaking) listener();
    },
    exclusively: (name, work) => /** @type {any} */ (locks.request(name, work)),
  };
}
