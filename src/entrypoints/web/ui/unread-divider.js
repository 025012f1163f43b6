/** Where reading stopped and where it is now: the unread divider, and the last message seen. */

/** @import {Head} from '../client/types.js' */
/** @import {TimelineRow} from './timeline-rows.js' */

/**
 * The newest message of somebody else at or before a row.
 * @param {TimelineRow[]} rows
 * @param {TimelineRow} row
 * @returns {number} its seq, or 0
 */
export function lastSeqUpTo(rows, row) {
  for (let index = rows.indexOf(row); index >= 0; index--) {
    const item = rows[index];
    if (item.kind === 'message' && !item.own && 'seq' in item.message) return item.message.seq;
  }
  return 0;
}

/**
 * The position of the unread divider. It is placed when the user looks away, and stays until they
 * leave the conversation or write.
 */
export class UnreadDivider {
  /**
   * The divider follows this seq; null without a divider.
   * @type {{after: number, count: number} | null}
   */
  position = null;

  /** Place the divider when a conversation is opened. @param {Head | undefined} head */
  reset(head) {
    this.position = head?.unread ? { after: head.read, count: head.unread } : null;
  }

  /**
   * Place the divider when messages arrive while the user is looking elsewhere.
   * @param {Head} head
   */
  update(head) {
    if (!head.unread) return;
    if (!this.position || this.position.after <= head.read) this.reset(head);
  }

  clear() {
    this.position = null;
  }
}
