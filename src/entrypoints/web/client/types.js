/**
 * The shapes of protocol version 1 as they travel, and the ones that the store keeps.
 *
 * Wire names stay as they are on the wire (`muted_until`, `more_before`), so that a captured frame
 * can be compared with the state without a translation. Ids are strings, times RFC 3339 strings.
 */

// -- people ------------------------------------------------------------------------------------

/** @typedef {{id: string, handle: string, display_name: string}} User */
/** @typedef {User & {role: 'user' | 'admin', created_at: string}} Me */
/**
 * @typedef {object} Device
 * @property {string} id
 * @property {string} name
 * @property {string} platform
 * @property {string} created_at
 * @property {string} last_seen_at
 * @property {boolean} current
 */
/**
 * @typedef {object} Tokens
 * @property {Me} user
 * @property {string} device
 * @property {string} access_token
 * @property {string} access_expires_at
 * @property {string} [refresh_token] absent where the refresh token is kept in a cookie
 * @property {string} refresh_expires_at
 */
/** @typedef {'owner' | 'admin' | 'member'} Role */
/**
 * @typedef {object} Member
 * @property {string} user
 * @property {string} handle
 * @property {string} display_name
 * @property {Role} role
 * @property {string} joined_at
 */
/** @typedef {'online' | 'away' | 'busy' | 'invisible' | 'offline'} PresenceState */
/** @typedef {{user: string, state: PresenceState, last_seen?: string, text?: string}} Presence */

// -- conversations -----------------------------------------------------------------------------

/**
 * @typedef {object} LastMessage
 * @property {number} seq
 * @property {string} by
 * @property {string} at
 * @property {string} kind
 * @property {string} excerpt
 */
/**
 * What a list of conversations shows of one of them.
 * @typedef {object} Head
 * @property {string} conversation
 * @property {'direct' | 'group'} kind
 * @property {string} title
 * @property {number} members
 * @property {number} seq number of the newest message
 * @property {number} offset number of the newest event
 * @property {number} read own read mark, a seq
 * @property {number} received own mark of what reached any device, a seq
 * @property {number} unread
 * @property {number} mentions unread messages that mention me
 * @property {boolean} pinned
 * @property {boolean} [marked_unread] the user's own reminder to come back; `unread` does not count it
 * @property {string | null} [muted_until]
 * @property {string} [peer] the other user of a direct conversation
 * @property {Role} [role] own role
 * @property {LastMessage | null} [last]
 */
/**
 * @typedef {object} Message
 * @property {string} conversation
 * @property {number} seq
 * @property {number} offset
 * @property {string} by
 * @property {string} at
 * @property {string} key the sender's idempotency key
 * @property {string} [session] where it was sent
 * @property {string} kind
 * @property {{text?: string} & Record<string, unknown>} body
 * @property {number} [reply_to]
 * @property {string[]} [mentions]
 * @property {number} revision
 */
/** @typedef {{user: string, received: number, read: number}} Receipt */

// -- frames ------------------------------------------------------------------------------------

/** Any frame: an object with a `type`. @typedef {{type: string} & Record<string, any>} Frame */
/**
 * A durable change of a conversation.
 * @typedef {object} ConversationEvent
 * @property {string} conversation
 * @property {number} offset
 * @property {string} kind
 * @property {string} by
 * @property {string} at
 * @property {Record<string, any>} data
 * @property {number} [seq]
 * @property {string} [key]
 * @property {string} [session]
 */
/**
 * A durable change in the user's private log.
 * @typedef {object} PrivateEvent
 * @property {number} offset
 * @property {string} kind
 * @property {string} at
 * @property {Record<string, any>} data
 */

// -- what the store keeps ----------------------------------------------------------------------

/** A message with its time in milliseconds. @typedef {Message & {time: number}} LoggedMessage */
/**
 * A change of members or title, shown between messages.
 * @typedef {ConversationEvent & {time: number}} Note
 */
/**
 * The loaded part of a conversation: one run of messages without a hole.
 * @typedef {object} Log
 * @property {boolean} loaded
 * @property {number} offset last event applied to it
 * @property {LoggedMessage[]} messages ascending by seq
 * @property {Note[]} notes ascending by offset
 * @property {boolean} moreBefore
 * @property {boolean} moreAfter true where the run does not reach the newest message
 */
/**
 * The messages of others since a head came.
 * @typedef {object} Recent
 * @property {number} from seq of the last message that the head knew
 * @property {{seq: number, mention: boolean}[]} others ascending
 */
/**
 * @typedef {object} Conversation
 * @property {Head} head
 * @property {Recent} recent
 * @property {boolean} vague true where the unread counts are a bound, not a count
 * @property {Log} log
 * @property {ConversationEvent[]} held events after a hole, ascending by offset
 * @property {ReadonlyMap<string, {received: number, read: number}>} marks of the other members
 * @property {Member[] | null} members null until asked for
 * @property {boolean} membersComplete
 * @property {boolean} left true once this user is no longer a member
 */
/**
 * A message on its way, kept until its acknowledgement.
 * @typedef {object} Entry
 * @property {string} key
 * @property {string} user whose message it is
 * @property {string} conversation
 * @property {string} kind
 * @property {{text: string}} body
 * @property {number} [reply_to]
 * @property {string[]} [mentions]
 * @property {number} time milliseconds; orders the outbox
 * @property {'waiting' | 'sending' | 'failed'} status
 * @property {string} [error] code of the refusal
 */
/**
 * @typedef {object} LinkState
 * @property {'idle' | 'connecting' | 'online' | 'waiting' | 'stopped'} phase
 * @property {number} [until] when the next attempt is made, milliseconds
 * @property {number} [attempt]
 * @property {number} [code] close code that stopped it
 */
/**
 * @typedef {object} Notice
 * @property {string} id
 * @property {string} kind `mention`, or another as the service names it; `joined` and `removed`
 * @property {string} [conversation]
 * @property {number} [seq]
 * @property {string} [by]
 * @property {string} [excerpt]
 * @property {string} at
 * @property {boolean} read
 */
/**
 * Whether this browser is pushed to while no page is open. `unknown`: not looked yet; `unsupported`:
 * the browser can't; `unoffered`: the service doesn't; `denied`: the user or the browser forbids
 * notifications; `blocked`: they are allowed, yet the browser gave no address to push to.
 * @typedef {object} Pushes
 * @property {'unknown' | 'unsupported' | 'unoffered' | 'denied' | 'blocked' | 'off' | 'on'} status
 * @property {boolean} preview a push tells who wrote what
 */
/**
 * @typedef {object} State
 * @property {'starting' | 'signed-out' | 'signed-in'} phase
 * @property {Me | null} me
 * @property {string | null} device
 * @property {LinkState} link
 * @property {number} epoch how many times the service said welcome
 * @property {boolean} catchingUp
 * @property {string | null} session
 * @property {number} level
 * @property {readonly string[]} features
 * @property {Readonly<Record<string, number>>} limits
 * @property {string | null} cursor
 * @property {number} privateOffset last private event applied; 0 while unknown
 * @property {boolean} listed true once the conversations are known
 * @property {string | null} next cursor of the next page of conversations
 * @property {ReadonlyMap<string, Conversation>} conversations
 * @property {ReadonlyMap<string, User>} users
 * @property {ReadonlyMap<string, Presence>} presence
 * @property {ReadonlyMap<string, ReadonlyMap<string, number>>} typing conversation → user → expiry
 * @property {readonly Entry[]} outbox ascending by time
 * @property {readonly Notice[]} notices newest first
 * @property {string | null | undefined} noticesNext cursor of their next page; undefined: none came
 * @property {Pushes} pushes
 * @property {number} skipped events of kinds this client does not know
 */

// -- what a client is given --------------------------------------------------------------------

/**
 * @typedef {object} ClientOptions
 * @property {typeof fetch} fetch
 * @property {(protocol: string) => import('./socket.js').Wire} connect opens a WebSocket to the service
 * @property {{name: string, platform: string}} device how this device is listed
 * @property {string} [base] origin of the service for HTTP; empty for the page's own
 * @property {boolean} [cookie] false outside of a browser: refresh tokens are kept in memory
 * @property {import('./outbox.js').Shelf} [shelf] where unsent messages are kept; in memory by default
 * @property {import('./tabs.js').Tabs} [tabs]
 * @property {import('./push-gate.js').Gate} [gate] how to be pushed to; without it, nobody is
 * @property {import('./clock.js').Clock} [clock]
 * @property {() => number} [random]
 */

export {};
