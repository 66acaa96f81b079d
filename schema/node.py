"""Relay's object identification."""

import strawberry

from schema.access import PUBLIC, field


@strawberry.interface(description="An object with an id that `node` and `nodes` find again.")
class Node:
    """What every object with an id has."""

    global_id: strawberry.ID = field(
        PUBLIC, "Readable and stable: a prefix for the type and 32 hex digits. Good for `node`.", name="id"
    )
