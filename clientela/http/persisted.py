"""Persisted documents: a request names one by its hash instead of sending it."""

import re
import time

from clientela.http.refusals import HttpRefusal, MalformedRequest
from clientela.http.requests import Parameters
from clientela.settings import PersistedMode
from execution.database.connection import Database
from resolvers.persisted_documents import TEXT_OF_ONE

SECONDS_KEPT = 60
"""For so long a document that was removed may still be run by a process that knew it."""
ID = re.compile(r"sha256:[0-9a-f]{64}")


class PersistedDocuments:
    """The documents that an operator registered, kept by each process once they were asked for.

    Attributes:
        required: Whether nothing else is run.
    """

    def __init__(self, mode: PersistedMode, database: Database) -> None:
        self.required = mode == "required"
        self._mode = mode
        self._database = database
        # Only what is registered gets in here, so the operator's folder bounds it, not whoever sends ids.
        self._known: dict[str, tuple[str, float]] = {}

    async def fill_in(self, sent: Parameters) -> None:
        """Puts the text of the document that a request names into it, as its `query`.

        Args:
            sent: The parameters of a request that has no `query`, or of any where documents are required.

        Raises:
            HttpRefusal: 400 where documents are off, there is none of that id, or one is required and none is named.
        """
        named = sent.pop("documentId", None)
        if named is None:
            named = _named_by_apollo(sent)
        if self.required and sent.get("query") is not None:
            message = "This server runs registered documents only. Send `documentId` in the place of `query`."
            raise HttpRefusal(400, "PERSISTED_QUERY_ID_REQUIRED", message)
        if named is None:
            return
        if self._mode == "off":
            message = "Persisted documents are off here. Send the document as `query`."
            raise HttpRefusal(400, "PERSISTED_QUERY_NOT_SUPPORTED", message)
        if not isinstance(named, str) or not ID.fullmatch(named):
            raise MalformedRequest("`documentId` must be `sha256:` and 64 hexadecimal digits in small letters.")
        sent["query"] = await self._text(named)

    async def _text(self, named: str) -> str:
        text, until = self._known.get(named, ("", 0.0))
        if time.monotonic() < until:
            return text
        self._known.pop(named, None)
        prepared = self._database.statements.prepare(TEXT_OF_ONE)
        async with self._database.reading(statements=1) as connection:
            rows = prepared.result(await connection.fetch(*prepared.call({"id": named}))).all()
        if not rows:
            message = f"No document {named} is registered. Have it registered, or send the document itself."
            raise HttpRefusal(400, "PERSISTED_QUERY_NOT_FOUND", message)
        text = str(rows[0].text)
        self._known[named] = text, time.monotonic() + SECONDS_KEPT
        return text


def _named_by_apollo(sent: Parameters) -> object:
    """The id in the form that Apollo's clients send; None where there is none."""
    extensions = sent.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    digits = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return None if digits is None else f"sha256:{digits}"
