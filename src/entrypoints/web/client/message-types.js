/** Types of a message and of what people do with it, as they are on the wire and in the state. */

/**
 * One emoji of a message. Without `mine` this user has not reacted with it.
 * @typedef {object} ReactionSummary
 * @property {string} emoji
 * @property {number} count
 * @property {string[]} users user ids, at most 10: those who reacted first
 * @property {boolean} [mine]
 */
/**
 * The result of a poll.
 * @typedef {object} VoteSummary
 * @property {number[]} counts votes for each option
 * @property {number} voters number of people who have voted
 * @property {number[]} [mine] the options that this user chose
 * @property {boolean} [isMineUnknown] this user voted on another device, and the event does not say
 *   for what
 */
/**
 * @typedef {object} Message
 * @property {string} conversation
 * @property {number} seq
 * @property {number} offset
 * @property {string} by
 * @property {string} at
 * @property {string} key the sender's idempotency key
 * @property {string} [session] session of the sender
 * @property {string} kind
 * @property {{text?: string} & Record<string, any>} body
 * @property {number} [reply_to]
 * @property {string[]} [mentions]
 * @property {number} revision
 * @property {string} [edited_at]
 * @property {{by: string, at: string}} [recalled]
 * @property {{by: string, at: string, conversation?: string, seq?: number}} [forwarded] author and
 *   time of the original; where it was, if this user may see it
 * @property {boolean} [pinned]
 * @property {ReactionSummary[]} [reactions] in the order in which they came; absent without any
 * @property {VoteSummary} [votes] absent while nobody has voted
 * @property {boolean} [isContentUnknown] it was edited, and not all of what it says now is known
 */
/**
 * A message as it is in the state.
 * @typedef {Message & {time: number, asOf?: number, hidden?: true}} LoggedMessage `time`:
 *   milliseconds since 1970; `asOf`: events up to this offset are contained in it; `hidden`: this
 *   user deleted it for themselves, and nothing else of it is known
 */
/**
 * A pinned message. `message` is null while it is not loaded.
 * @typedef {{seq: number, by: string, at: string, message: LoggedMessage | null}} Pin
 */
/** @typedef {{asOf: number, items: Pin[]}} Pins pinned messages, in the order of their pinning */
/** @typedef {{text: string, at?: string, reply_to?: number}} Draft */
/**
 * A change of a message by this user, which is shown at once and waits for its acknowledgement.
 * @typedef {object} Change
 * @property {string} id
 * @property {string} user
 * @property {'reaction.set' | 'pin.set' | 'poll.vote'} type of the request
 * @property {string} conversation
 * @property {number} seq
 * @property {string} [emoji] of `reaction.set`
 * @property {boolean} [on] of `reaction.set` and `pin.set`
 * @property {number[]} [options] of `poll.vote`
 * @property {number} time milliseconds since 1970
 * @property {number} [offset] of its event, once it is acknowledged
 */

/**
 * A change of messages that waits in the outbox.
 * @typedef {object} QueuedRequest
 * @property {string} key identifies it; of a forward also its idempotency key
 * @property {string} user
 * @property {string} conversation of a forward: the one that gets the messages
 * @property {ChangeRequest} request
 * @property {number} time milliseconds since 1970; orders the outbox
 * @property {number} notBefore milliseconds since 1970: until then it can be undone
 * @property {'waiting' | 'sending' | 'failed'} status
 * @property {string} [error] code of the error that made it fail
 * @property {Message} [present] after a conflict: the message as it is now
 */
/**
 * @typedef {object} ChangeRequest
 * @property {'message.edit' | 'message.recall' | 'message.hide' | 'message.forward' |
 *   'history.clear'} type
 * @property {number} [seq] of an edit or a recall
 * @property {{text: string}} [body] of an edit
 * @property {number} [revision] of an edit: the one that was seen
 * @property {number[]} [seqs] of messages to hide or forward
 * @property {string} [from] of a forward: where the messages are
 * @property {boolean} [merged] of a forward: as one message
 * @property {number} [up_to] of `history.clear`
 */

export {};
