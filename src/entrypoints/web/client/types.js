/**
 * Types of the protocol as it is on the wire, and of the client's state.
 *
 * Names of the wire stay as they are (`muted_until`, `more_before`), so that a captured frame can
 * be compared with the state. Ids are strings, times are RFC 3339 strings.
 */

// -- users -----------------------------------------------------------------------------------

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} handle
 * @property {string} display_name
 * @property {boolean} [isKept] this device knew the name; the service was not asked yet
 * @property {string[]} [skeletons] users who share one look alike, by handle or by name
 * @property {boolean} [mixed_alphabets] a word of the name has letters of several alphabets
 */
/** @typedef {'online' | 'busy' | 'invisible'} ChosenState */
/**
 * How the user chose to be seen, on all devices.
 * @typedef {{state: ChosenState, text?: string}} PresenceChoice
 */
/** @typedef {User & {role: 'user' | 'admin', created_at: string, presence?: PresenceChoice}} Me */
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
 * @property {string[]} [skeletons]
 * @property {boolean} [mixed_alphabets]
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
 * @property {boolean} [recalled]
 */
/**
 * One line of the conversation list.
 * @typedef {object} Head
 * @property {string} conversation
 * @property {'direct' | 'group'} kind
 * @property {string} title
 * @property {number} members
 * @property {number} seq seq of the newest message
 * @property {number} offset offset of the newest event
 * @property {number} read own read mark: a seq
 * @property {number} received own received mark, of all devices: a seq
 * @property {number} unread
 * @property {number} mentions unread messages that mention this user
 * @property {boolean} pinned
 * @property {boolean} [marked_unread] the user's own reminder; not part of `unread`
 * @property {string | null} [muted_until]
 * @property {string} [peer] the other user of a direct conversation
 * @property {Role} [role] own role
 * @property {LastMessage | null} [last]
 * @property {import('./message-types.js').Draft} [draft] what the user typed and did not send yet
 */
/** @typedef {import('./message-types.js').Message} Message */
/** @typedef {import('./message-types.js').LoggedMessage} LoggedMessage */
/** @typedef {import('./message-types.js').Change} Change */
/** @typedef {import('./message-types.js').QueuedRequest} QueuedRequest */
/** @typedef {import('./message-types.js').ChangeRequest} ChangeRequest */
/** @typedef {{user: string, received: number, read: number}} Receipt */

// -- frames ------------------------------------------------------------------------------------

/** Any frame. @typedef {{type: string} & Record<string, any>} Frame */
/**
 * An event of a conversation's log.
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
 * An event of the user's private log.
 * @typedef {object} PrivateEvent
 * @property {number} offset
 * @property {string} kind
 * @property {string} at
 * @property {Record<string, any>} data
 */

// -- state -----------------------------------------------------------------------------------

/**
 * An event that is shown between messages: members added or removed, a new title.
 * @typedef {ConversationEvent & {time: number}} SystemMessage
 */
/**
 * The loaded part of a conversation: one run of messages without a gap.
 * @typedef {object} Log
 * @property {boolean} loaded
 * @property {number} offset last event applied to the log
 * @property {LoggedMessage[]} messages ascending by seq
 * @property {SystemMessage[]} systemMessages ascending by offset
 * @property {boolean} moreBefore
 * @property {boolean} moreAfter true if the run does not reach the newest message
 * @property {import('./message-types.js').Pins | null} pins null until loaded
 * @property {ReadonlyMap<number, LoggedMessage | null>} quoted messages outside of the run that
 *   others quote, by seq; null if this user cannot see them
 */
/**
 * The last messages of a conversation as this device keeps them.
 * @typedef {object} KeptLog
 * @property {string} conversation
 * @property {number} [offset] last event applied to it; absent where an earlier release kept it
 * @property {LoggedMessage[]} messages ascending by seq, not empty
 * @property {SystemMessage[]} systemMessages ascending by offset
 * @property {User[]} users the people who appear in it
 */
/**
 * Messages of others after the last head.
 * @typedef {object} RecentMessages
 * @property {number} from seq of the newest message in that head
 * @property {{seq: number, mention: boolean}[]} others ascending
 */
/**
 * @typedef {object} Conversation
 * @property {Head} head
 * @property {RecentMessages} recent
 * @property {boolean} countsAreBounds true if the unread counts are upper bounds
 * @property {Log} log
 * @property {Log | null} keptLog the messages that this device has kept, until some are loaded
 * @property {ReadonlySet<number>} hidden seqs that this user deleted for themselves while the page is
 *   open
 * @property {number} clearedUpTo this user cleared the history up to this seq
 * @property {ConversationEvent[]} heldEvents events after a gap, ascending by offset
 * @property {ReadonlyMap<string, {received: number, read: number}>} receipts marks of the other
 *   members, by user id
 * @property {Member[] | null} members null until loaded
 * @property {boolean} membersComplete
 * @property {boolean} left true if this user is no longer a member
 */
/**
 * An unsent message, kept until it is acknowledged.
 * @typedef {object} OutboxEntry
 * @property {string} key idempotency key
 * @property {string} user the sender
 * @property {string} conversation `new:<user id>` before a direct conversation exists
 * @property {User} [peer] the other user of a conversation that does not exist yet
 * @property {string} kind
 * @property {{text?: string} & Record<string, any>} body
 * @property {number} [reply_to]
 * @property {string[]} [mentions]
 * @property {number} time milliseconds since 1970; orders the outbox
 * @property {'waiting' | 'sending' | 'failed'} status
 * @property {string} [error] code of the error that made it fail
 */
/**
 * @typedef {object} ConnectionState
 * @property {'idle' | 'connecting' | 'online' | 'waiting' | 'stopped'} phase
 * @property {number} [until] time of the next attempt, milliseconds since 1970
 * @property {number} [attempt]
 * @property {number} [code] close code because of which the client does not reconnect
 */
/**
 * @typedef {object} NotificationItem
 * @property {string} id
 * @property {string} kind `mention` or another kind of the service; `joined` and `removed` are made
 *   here
 * @property {string} [conversation]
 * @property {number} [seq]
 * @property {string} [by]
 * @property {string} [excerpt]
 * @property {string} at
 * @property {boolean} read
 */
/**
 * State of Web Push in this browser. `unknown`: not checked yet; `unsupported` by the browser;
 * `unoffered` by the service; `denied`: notifications are forbidden by the user or the browser;
 * `blocked`: allowed, but the browser could not subscribe.
 * @typedef {object} WebPushState
 * @property {'unknown' | 'unsupported' | 'unoffered' | 'denied' | 'blocked' | 'off' | 'on'} status
 * @property {boolean} preview whether a push contains the sender and the text
 */
/**
 * @typedef {object} State
 * @property {'starting' | 'signed-out' | 'signed-in'} phase
 * @property {'revoked' | 'expired' | null} signOutReason why the service logged this device out
 * @property {Me | null} me
 * @property {string | null} device
 * @property {ConnectionState} connection
 * @property {number} welcomeCount number of welcomes since the page was opened
 * @property {boolean} catchingUp
 * @property {string | null} session
 * @property {number} level
 * @property {readonly string[]} features
 * @property {Readonly<Record<string, number>>} limits
 * @property {string | null} cursor
 * @property {number} privateOffset last private event applied; 0 while unknown
 * @property {boolean} conversationsLoaded true if the list of conversations is known
 * @property {string | null} conversationsCursor cursor of the next page of conversations
 * @property {ReadonlyMap<string, Conversation>} conversations
 * @property {ReadonlyMap<string, User>} users
 * @property {ReadonlyMap<string, Presence>} presence
 * @property {ReadonlyMap<string, ReadonlyMap<string, number>>} typing conversation id → user id →
 *   time of expiry
 * @property {readonly OutboxEntry[]} outbox ascending by time
 * @property {readonly QueuedRequest[]} requests changes of messages in the outbox, ascending by time
 * @property {readonly Change[]} changes changes of messages that are shown but not in the log yet,
 *   oldest first
 * @property {readonly NotificationItem[]} notifications newest first
 * @property {string | null | undefined} notificationsCursor cursor of the next page; undefined:
 *   none was loaded
 * @property {WebPushState} webPush
 * @property {number} unknownEventCount number of events of unknown kinds
 */

// -- options ---------------------------------------------------------------------------------

/**
 * @typedef {object} ClientOptions
 * @property {typeof fetch} fetch
 * @property {(protocol: string) => import('./connection.js').SocketLike} connect opens a WebSocket
 *   to the service
 * @property {{name: string, platform: string}} device how this device is listed
 * @property {string} [base] origin or path prefix of the service for HTTP; empty for the page's own
 * @property {boolean} [cookie] false outside of a browser: the refresh token is kept in memory
 * @property {import('./storage.js').ClientStorage} [storage] for unsent messages; in memory by
 *   default
 * @property {import('./drafts.js').Values} [values] for drafts; in memory by default
 * @property {import('./tabs.js').Tabs} [tabs]
 * @property {import('./push-platform.js').PushPlatform} [pushPlatform] Web Push of the browser;
 *   none by default
 * @property {import('./clock.js').Clock} [clock]
 * @property {() => number} [random]
 */

export {};
