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

export {};
