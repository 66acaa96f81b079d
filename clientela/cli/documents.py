"""`clientela documents`: which documents clients may name by their hash."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from clientela.cli.failures import NotReadyError
from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.settings import Settings
from execution.documents import read_document
from execution.limits import Limits
from resolvers.persisted_documents import document_id, register_documents, registered_documents, remove_documents
from schema.build import build_schema

ENDINGS = {".graphql", ".gql", ".json"}


async def register(settings: Settings, folder: Path) -> int:
    """Registers every document of a folder, or none where one is at fault.

    Returns:
        The exit status: 0 where all are registered, 1 where one is at fault.
    """
    found, faults = _read(folder)
    if faults:
        sys.stderr.write("".join(f"{fault}\n" for fault in faults))
        sys.stderr.write("Nothing was registered.\n")
        return 1
    if not found:
        raise NotReadyError(f"There is no document in {folder}; they end in .graphql, .gql or, as manifests, .json.")
    database = make_engine(settings)
    try:
        async with database.execution_options(writes=True).begin() as connection:
            new = await register_documents(connection, found, utc_now())
    finally:
        await database.dispose()
    for text, place in found.items():
        sys.stdout.write(f"{document_id(text)}  {place}\n")
    sys.stdout.write(f"{len(found)} {'document is' if len(found) == 1 else 'documents are'} registered, {new} new.\n")
    return 0


async def list_documents(settings: Settings) -> None:
    """Prints a line a document: its id, when it was registered, how it begins."""
    database = make_engine(settings)
    try:
        async with database.connect() as connection:
            rows = await registered_documents(connection)
    finally:
        await database.dispose()
    for row in rows:
        sys.stdout.write(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M:%S}  {' '.join(row.text.split())[:80]}\n")
    if not rows:
        sys.stdout.write("No document is registered.\n")


async def remove(settings: Settings, ids: list[str]) -> None:
    """Removes documents, all of those named or none.

    Raises:
        NotReadyError: One of them is not registered.
    """
    database = make_engine(settings)
    try:
        async with database.execution_options(writes=True).begin() as connection:
            number = await remove_documents(connection, ids)
            if number < len(set(ids)):
                # Raised within the transaction, which ends with it: all of them or none.
                raise NotReadyError("Some are not registered, so nothing was done; see `clientela documents list`.")
    finally:
        await database.dispose()
    sys.stdout.write(f"{number} removed. Servers that run stop answering to them within a minute.\n")


def _read(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The documents of a folder by their text, each with its place; and what is wrong with any of them."""
    if not folder.is_dir():
        raise NotReadyError(f"There is no folder {folder}.")
    schema = build_schema()._schema
    documents: dict[str, str] = {}
    faults: list[str] = []
    for file in sorted(file for file in folder.rglob("*") if file.suffix in ENDINGS and file.is_file()):
        name = str(file.relative_to(folder))
        try:
            content = file.read_bytes().decode()
            for key, text in _texts(name, content):
                place = f"{name}: {key}" if key else name
                faults += [f"{place}: {fault}" for fault in _faults(key, text)]
                for error in read_document(schema, text, Limits()).errors:
                    line = error.locations[0].line if error.locations else 1
                    faults.append(f"{place}:{line}: {error.message}")
                documents[text] = place
        except ValueError as error:
            faults.append(f"{name}: {error}")
    return documents, faults


def _texts(name: str, content: str) -> Iterator[tuple[str, str]]:
    """The documents of a file, each with its id in the manifest; with none where the file is the document."""
    if not name.endswith(".json"):
        yield "", content
        return
    manifest = json.loads(content)
    if isinstance(manifest, dict) and isinstance(operations := manifest.get("operations"), list):
        # As Apollo's tools write it.
        manifest = {str(each.get("id")): each.get("body") for each in operations if isinstance(each, dict)}
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise ValueError("a manifest is a JSON object of documents by their hash, as Relay and codegen write it")
    yield from manifest.items()


def _faults(key: str, text: str) -> Iterator[str]:
    if key and document_id(text) != f"sha256:{key.removeprefix('sha256:')}":
        yield "its key is not the document's SHA-256; set your build tool's hash algorithm to sha256"
