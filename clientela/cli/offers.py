"""`clientela offers load`: the catalogue from a file."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from clientela.database import make_engine
from clientela.settings import Settings
from models.offer import ProductSubscriptionKind
from policy.vocabulary import Cloud
from resolvers.countries.rules import country_rules
from resolvers.offer_catalogue import CatalogueOffer, check_catalogue, store_catalogue


def _known(code: str) -> str:
    if country_rules(code) is None:
        raise ValueError(f"{code!r} is no country; write codes such as US")
    return code


class _Entry(BaseModel):
    """One offer of the file, named as the API names it."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)

    # As in the API, enum values are upper case in the file and lower case in the database.
    cloud: Annotated[Cloud, BeforeValidator(lambda value: str(value).lower())]
    id: UUID
    name: Annotated[str, Field(min_length=1, max_length=255)]
    kind: Annotated[ProductSubscriptionKind, BeforeValidator(lambda value: str(value).lower())]
    countries: frozenset[Annotated[str, AfterValidator(_known)]]
    is_azure: bool = False
    minimum_quantity: Annotated[int, Field(ge=1)] = 1
    maximum_quantity: Annotated[int, Field(ge=1)] | None = None
    limit_per_customer: Annotated[int, Field(ge=1)] | None = None
    add_on_of: UUID | None = None

    def offer(self) -> CatalogueOffer:
        """As the rules take it."""
        return CatalogueOffer(**self.model_dump(exclude={"add_on_of"}), add_on_of_id=self.add_on_of)


async def load(settings: Settings, file: Path) -> int:
    """Adds the offers of a file to the catalogue and changes those that are there: all, or none where one is at fault.

    Returns:
        The exit status: 0 where all are in, 1 where one is at fault; then every fault was told.
    """
    try:
        offers = _read(file)
    except ValidationError as error:
        return _refuse([_worded(tuple(fault["loc"]), fault["msg"]) for fault in error.errors()])
    database = make_engine(settings)
    try:
        async with database.execution_options(writes=True).begin() as connection:
            if faults := await check_catalogue(connection, offers):
                return _refuse(faults)
            new = await store_catalogue(connection, offers)
    finally:
        await database.dispose()
    sys.stdout.write(f"{len(offers)} {'offer is' if len(offers) == 1 else 'offers are'} in the catalogue, {new} new.\n")
    return 0


def _read(file: Path) -> list[CatalogueOffer]:
    return [entry.offer() for entry in TypeAdapter(list[_Entry]).validate_json(file.read_bytes())]


def _worded(place: tuple[int | str, ...], message: str) -> str:
    if not place:
        return message
    number, *field = place
    where = f"offer {number + 1}" if isinstance(number, int) else str(number)
    return f"{where}: {'.'.join(map(str, field))}: {message}" if field else f"{where}: {message}"


def _refuse(faults: list[str]) -> int:
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    sys.stderr.write("Nothing was loaded.\n")
    return 1
