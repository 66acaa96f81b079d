"""The root type Subscription: a field runs once without an event, to ask guard and arguments, then once an event."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement

from execution.source import Source, column
from execution.subscriptions import NotForSubscriber, Subscribed
from models.event import EventKind
from policy.vocabulary import Permission
from resolvers.activity import READABLE_DAYS
from resolvers.global_ids import ObjectKind, key_of
from resolvers.refusals import Refusal
from schema import sources
from schema.access import field
from schema.activity.record import ActivityFilter, ActivityRecord, activity_listing
from schema.context import Info
from schema.partners.relationship_request import RelationshipRequest

_lines = activity_listing("activity")


async def _activity(
    info: Info,
    filter: Annotated[  # noqa: A002 - the contract's name
        ActivityFilter | None, strawberry.argument(description="Lines that match; all when left out.")
    ] = None,
    after_record_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description="The last line that you got: everything after it comes first, then what is new. "
            "Only what is new when left out."
        ),
    ] = None,
) -> ActivityRecord:
    asked = filter or ActivityFilter()
    if asked.since is None:
        # Whoever reconnects wants what the log still has, not its last 30 days.
        asked = replace(asked, since=info.context.now - timedelta(days=READABLE_DAYS - 1))
    listing = _lines(info.context, asked)
    after = key_of(ObjectKind.ACTIVITY_RECORD, after_record_id) if after_record_id is not None else None
    if after_record_id is not None and after is None:
        message = "`afterRecordId` is not the id of a line of the log. Leave it out to begin now."
        raise Refusal("BAD_USER_INPUT", message)
    return await _shown(info, EventKind.ACTIVITY, sources.activity_records, after, *listing.conditions)  # type: ignore[no-any-return]


async def _relationship_request_changed(
    info: Info,
    relationship_request_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="This request only; all of yours when left out.")
    ] = None,
) -> RelationshipRequest:
    source = sources.relationship_requests
    wanted: list[ColumnElement[bool]] = []
    if relationship_request_id is not None:
        key = key_of(ObjectKind.RELATIONSHIP_REQUEST, relationship_request_id)
        if key is None:
            message = "`relationshipRequestId` is not the id of a request. Leave it out for all of yours."
            raise Refusal("BAD_USER_INPUT", message)
        wanted.append(column(source.select(info.context), source.key) == key)
    return await _shown(info, EventKind.RELATIONSHIP_REQUEST, source, None, *wanted)  # type: ignore[no-any-return]


async def _shown(
    info: Info, kind: EventKind, source: Source[Any], after: UUID | None, *conditions: ColumnElement[bool]
) -> Any:  # noqa: ANN401 - a row of the source
    event = info.context.event
    if event is None:
        raise Subscribed(kind, after)
    visible = source.select(info.context)
    subject = column(visible, source.key) == event.subject_id
    found = source.rows(await info.context.unit.rows(visible.where(subject, *conditions)))
    if not found:
        raise NotForSubscriber
    return found[0]


@strawberry.type(
    description="What is told as it happens, over WebSocket (graphql-transport-ws) or Server-Sent Events. Rights are "
    "asked again at each event: who loses them gets the reason, and the stream ends."
)
class Subscription:
    """The root of streams."""

    activity: ActivityRecord = field(
        Permission.AUDIT_READ,
        "Every new line of the activity log that you may read, from the moment of subscribing, or after the given "
        "record. Lines come after their commit, once, and those of one customer in their order.",
        resolver=_activity,
    )
    relationship_request_changed: RelationshipRequest = field(
        Permission.RELATIONSHIP_READ,
        "Each change of state of the requests that your company made; the request as it is when you are told.",
        resolver=_relationship_request_changed,
    )
