"""What is stored beside messages, as one viewer sees it: reactions, and votes in polls."""

from collections import defaultdict
from collections.abc import Collection
from operator import itemgetter

from sqlalchemy import and_, select

from parlour.adapters.sql.connection import Connection
from parlour.adapters.sql.statements import Statement, by_primary_key, one_of, param
from parlour.adapters.sql.stores.message_life import (
    REACTION_TALLIES,
    VOTE_TALLIES,
    number_keys,
)
from parlour.adapters.sql.tables import reaction_tallies, reactions, vote_tallies, votes
from parlour.adapters.sql.values import Row
from parlour.domain.kernel.ids import UserId
from parlour.domain.messages.life import (
    MessageDetails,
    ReactionSummary,
    VoteSummary,
)
from parlour.domain.messages.model import MessageNumber

# The viewer's own rows are looked up by their whole primary key, one for each tally: reactions of
# others, of which a message may have thousands, are not read.
_REACTIONS = Statement(
    by_primary_key(select(reaction_tallies, reactions.c.user_id), reaction_tallies)
    .outerjoin(
        reactions,
        and_(
            reactions.c.conversation_id == reaction_tallies.c.conversation_id,
            reactions.c.seq == reaction_tallies.c.seq,
            reactions.c.emoji == reaction_tallies.c.emoji,
            reactions.c.user_id == param("viewer"),
        ),
    )
    .where(one_of(reaction_tallies.c.conversation_id, reaction_tallies.c.seq))
)
_VOTES = Statement(
    by_primary_key(select(vote_tallies, votes.c.options), vote_tallies)
    .outerjoin(
        votes,
        and_(
            votes.c.conversation_id == vote_tallies.c.conversation_id,
            votes.c.seq == vote_tallies.c.seq,
            votes.c.user_id == param("viewer"),
        ),
    )
    .where(one_of(vote_tallies.c.conversation_id, vote_tallies.c.seq))
)


def read(
    connection: Connection,
    viewer: UserId,
    reacted: Collection[MessageNumber],
    voted: Collection[MessageNumber],
) -> MessageDetails:
    """Return the reactions to messages and the votes in polls, in one round trip."""
    seen_by = {"viewer": viewer.bytes}
    tallies, results = connection.run_all(
        [(_REACTIONS, number_keys(reacted), seen_by), (_VOTES, number_keys(voted), seen_by)]
    )
    found = defaultdict[MessageNumber, list[tuple[int, ReactionSummary]]](list)
    for row in tallies:
        tally = REACTION_TALLIES.from_row(row)
        summary = ReactionSummary(
            emoji=tally.emoji, count=tally.count, users=tally.users, mine=row[-1] is not None
        )
        found[tally.conversation, tally.seq].append((tally.since, summary))
    reactions = {
        number: tuple(each for _, each in sorted(theirs, key=itemgetter(0)))
        for number, theirs in found.items()
    }
    return MessageDetails(reactions, dict(map(_result, results)))


def _result(row: Row) -> tuple[MessageNumber, VoteSummary]:
    tally, options = VOTE_TALLIES.from_row(row), row[-1]
    mine = None if options is None else tuple(options)
    return (tally.conversation, tally.seq), VoteSummary(
        counts=tally.counts, voters=tally.voters, mine=mine
    )
