"""What a form must ask for in a country."""

from typing import Annotated

import strawberry

from policy.vocabulary import Permission
from resolvers.countries.rules import CountryRules as Rules
from resolvers.countries.rules import Requirement, all_countries, country_rules
from schema.access import PUBLIC, computed, field
from schema.countries.arguments import known_country
from schema.scalars import CountryCode, CultureCode


@strawberry.type(description="What a form must ask for in a country.")
class CountryRules:
    """One country."""

    country: CountryCode = field(PUBLIC, "The country.")
    name: str = field(PUBLIC, "Its name in English.")
    region: str | None = field(PUBLIC, "The selling region; null where nothing is sold.")
    default_culture: CultureCode = field(PUBLIC, "The culture to suggest.")
    cultures: list[CultureCode] = field(PUBLIC, "All cultures that a billing profile may have.")
    languages: list[str] = field(PUBLIC, "All languages that a billing profile may have, two letters.")
    state_required: bool = field(PUBLIC, "Whether an address needs a state or province.")
    states: list[str] = field(PUBLIC, "The codes to choose from; empty where any text is accepted.")
    city_required: bool = field(PUBLIC, "Whether an address needs a city.")
    postal_code_required: bool = field(PUBLIC, "Whether an address needs a postal code.")
    postal_code_pattern: str | None = field(PUBLIC, "Regular expression of a postal code; null where there is none.")
    postal_code_example: str | None = field(PUBLIC, "A postal code, for a placeholder.")
    phone_pattern: str | None = field(PUBLIC, "Regular expression of a phone number; null where there is none.")
    calling_codes: list[str] = field(PUBLIC, "International calling codes, digits only.")
    registration_number: Requirement = field(PUBLIC, "Whether to ask for the company's registration number.")
    registration_number_label: str | None = field(PUBLIC, "What the number is called there.")
    registration_number_pattern: str | None = field(PUBLIC, "Regular expression of the number.")
    phone_required: bool = field(PUBLIC, "Whether an address needs a phone number.")


@strawberry.type
class CountryQueries:
    """Part of the root type Query."""

    @computed(Permission.CUSTOMER_PRECHECK, "The rules of every country, by its English name.")
    def countries(self) -> list[CountryRules] | None:
        """The same for everybody."""
        return list(all_countries())  # type: ignore[arg-type]

    @computed(Permission.CUSTOMER_PRECHECK, "The rules of one country.")
    def country_rules(
        self, country: Annotated[CountryCode, strawberry.argument(description="The country, e.g. IT.")]
    ) -> CountryRules | None:
        """The same for everybody."""
        rules: Rules | None = country_rules(known_country("country", country))
        return rules  # type: ignore[return-value]
