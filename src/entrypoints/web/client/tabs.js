/**
 * Tabs of one browser: they broadcast messages to each other, and one of them is the leader.
 *
 * The leader holds a Web Lock as long as it lives; then the browser gives the lock to another tab.
 * Without Web Locks (on insecure origins) every tab is its own leader.
 */

/**
 * @typedef {object} Tabs
 * @property {() => boolean} isLeader true in the one tab that shows notifications and takes over
 *   unsent messages
 * @property {(topic: string, detail?: any) => void} broadcast sends a message to the other tabs
 * @property {(listener: (topic: string, detail: any) => void) => void} onMessage
 * @property {(listener: () => void) => void} onBecomeLeader calls the listener when this tab
 *   becomes the leader
 * @property {<T>(name: string, work: () => Promise<T>) => Promise<T>} withLock runs a function
 *   while holding a lock of this origin
 */

/** For programs without tabs: always the leader. @returns {Tabs} */
export const singleTab = () => ({
  isLeader: () => true,
  broadcast: () => {},
  onMessage: () => {},
  onBecomeLeader: (listener) => listener(),
  withLock: (_name, work) => work(),
});

/**
 * Tabs of this browser, with Web Locks and a BroadcastChannel.
 * @param {LockManager} locks
 * @param {BroadcastChannel} channel
 * @param {string} [suffix] makes the names of the locks those of one service of this origin
 * @returns {Tabs}
 */
export function browserTabs(locks, channel, suffix = '') {
  let isLeader = false;
  /** @type {(() => void)[]} */
  const leaderListeners = [];
  /** @type {((topic: string, detail: any) => void)[]} */
  const messageListeners = [];
  channel.onmessage = ({ data }) => {
    for (const listener of messageListeners) listener(data.topic, data.detail);
  };
  const lead = () => {
    isLeader = true;
    for (const listener of leaderListeners) listener();
    return new Promise(() => {});
  };
  // Where site data is blocked the lock is refused, and every tab leads itself.
  locks.request(`parlour-leader${suffix}`, lead).catch(lead);
  return {
    isLeader: () => isLeader,
    broadcast: (topic, detail) => channel.postMessage({ topic, detail }),
    onMessage: (listener) => void messageListeners.push(listener),
    onBecomeLeader(listener) {
      leaderListeners.push(listener);
      if (isLeader) listener();
    },
    async withLock(name, work) {
      let hasLock = false;
      const run = () => {
        hasLock = true;
        return work();
      };
      try {
        return await /** @type {any} */ (locks.request(name + suffix, run));
      } catch (error) {
        if (hasLock) throw error;
        return work();
      }
    },
  };
}
