"""Links to lists as CSV."""

from datetime import datetime

import strawberry

from resolvers.exported_list import ChosenT, ExportedList
from schema.access import PUBLIC, field
from schema.context import Context
from schema.scalars import Url


@strawberry.type(description="A link that serves the rows as CSV, to the one who asked for it, for a few minutes.")
class Export:
    """A file to fetch."""

    url: Url = field(PUBLIC, "Where to fetch it. Needs no token: it is good for you only, so do not pass it on.")
    expires_at: datetime = field(PUBLIC, "When the link stops working; a download that began goes on.")
    columns: list[str] = field(PUBLIC, "The header row.")


def make_export(context: Context, exported: ExportedList[ChosenT], chosen: ChosenT) -> Export:
    """A link for the asker; the rows are read when it is followed.

    Args:
        context: Who asks, and when.
        exported: Which list.
        chosen: Which of its rows.
    """
    link = context.export_links.sign(context.principal, exported, chosen, context.now)
    return Export(url=Url(link.url), expires_at=link.expires_at, columns=list(exported.columns))
