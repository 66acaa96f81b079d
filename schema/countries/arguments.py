"""Countries that programs name in arguments of queries."""

from execution.refusals import BadUserInput
from resolvers.countries.rules import country_rules


def known_country(argument: str, country: str) -> str:
    """A country that a program named in a query.

    Raises:
        BadUserInput: There is no such country.
    """
    if country_rules(country) is None:
        raise BadUserInput(
            f"`{argument}`: {country[:20]!r} is no country. Write ISO 3166-1 alpha-2 in upper case, e.g. IT."
        )
    return country
