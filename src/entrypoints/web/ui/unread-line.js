/**
 * The line before the first unread message. It is drawn where the user looked away, and stays until
 * they go or speak.
 */

/** @import {Head} from '../client/types.js' */

export class UnreadLine {
  /** The line stands after this seq. @type {{after: number, count: number} | null} */
  place = null;

  /** A conversation is opened. @param {Head | undefined} head */
  enter(head) {
    this.place = head?.unread ? { after: head.read, count: head.unread } : null;
  }

  /** Messages came while nobody looked. @param {Head} head */
  draw(head) {
    if (!head.unread) return;
    if (!this.place || this.place.after <= head.read) this.enter(head);
  }

  clear() {
    this.place = null;
  }
}
