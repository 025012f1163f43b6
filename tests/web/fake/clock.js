/** A clock that the test controls: time passes only in `pass`. */

export class FakeClock {
  #now = Date.parse('2026-01-02T03:04:05Z');
  #next = 1;
  /** @type {Map<number, {at: number, callback: () => void}>} */
  #timers = new Map();

  now = () => this.#now;

  /** @param {number} ms @param {() => void} callback */
  after = (ms, callback) => {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + ms, callback });
    return () => void this.#timers.delete(id);
  };

  /**
   * Let time pass: run each timer and everything that follows from it.
   * @param {number} ms milliseconds
   */
  async pass(ms) {
    const end = this.#now + ms;
    await settled();
    for (let due = this.#due(end); due; due = this.#due(end)) {
      this.#timers.delete(due.id);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  /** @param {number} end */
  #due(end) {
    const ready = [...this.#timers].filter(([, { at }]) => at <= end);
    ready.sort(([, one], [, other]) => one.at - other.at);
    return ready[0] && { id: ready[0][0], ...ready[0][1] };
  }
}

/** Wait until only timers are pending. */
export async function settled() {
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
}
