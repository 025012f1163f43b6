/** The draft of a composer: what was typed, and which message it answers, on all devices. */

import { composing, startReply, stopComposing } from './composing.js';
import { client } from './context.js';

export class ComposerDraft {
  /** Seq of the message that was answered at the last rendering. @type {number | undefined} */
  #reply;

  /**
   * Keep what was typed.
   * @param {string} conversation
   * @param {string} text
   */
  keep(conversation, text) {
    client().drafts.write(conversation, { text, reply_to: replyIn(conversation) });
  }

  /**
   * Follow what has changed: the draft knows which message it answers, and another device may have
   * written another one. What is being typed here stays.
   * @param {string} conversation
   * @param {string} text in the field
   * @param {boolean} isOther the field shows another conversation, or an edit
   * @returns {string | null} what the field has to show; null if it stays
   */
  follow(conversation, text, isOther) {
    const reply = replyIn(conversation);
    if (!isOther && reply !== this.#reply && text.trim()) this.keep(conversation, text);
    this.#reply = reply;
    const { drafts } = client();
    const draft = drafts.get(conversation);
    const isSame = draft.text.trim() === text.trim();
    if (!isOther && (isSame || drafts.isTypedHere(conversation))) return null;
    if (draft.reply_to !== undefined && !(isOther && reply))
      startReply({ conversation, seq: draft.reply_to });
    else if (draft.reply_to === undefined && reply && !isOther) stopComposing(conversation);
    this.#reply = replyIn(conversation);
    return draft.text;
  }
}

/** @param {string} conversation @returns {number | undefined} seq of the message that is answered */
function replyIn(conversation) {
  const about = composing(conversation);
  return about?.kind === 'reply' ? about.seq : undefined;
}
