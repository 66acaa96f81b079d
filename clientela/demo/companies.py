"""Made-up companies: names, people, addresses and numbers that look like their country's and pass its rules."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import import_module
from random import Random
from typing import cast

from clientela.demo.catalogue import City, Ingredients, Numbering, catalogue
from resolvers.countries.domains import LONGEST_PREFIX
from resolvers.countries.rules import Requirement, country_rules
from resolvers.forms import AddressForm, BillingProfileForm

NUMBERED = 0.6  # how many companies tell their registration number where they need not
WITH_OWN_DOMAIN = 0.1

# Letters that Unicode does not take apart into a base letter and a mark.
_SPELLED_OUT = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d"})


@dataclass(frozen=True, slots=True)
class Company:
    """A company, ready to become a customer.

    Attributes:
        kind: Key of the catalogue's countries.
        prefix: First label of its initial domain.
        profile: What its partner bills it under.
        registration_number: Of the company, where it told one.
        custom_domain: A domain of its own besides the initial one; few have one.
    """

    kind: str
    prefix: str
    profile: BillingProfileForm
    registration_number: str | None = None
    custom_domain: str | None = None

    @property
    def country(self) -> str:
        """Upper-case alpha-2 code."""
        return self.profile.address.country


def well_known_companies(partner: str, rng: Random) -> Iterator[Company]:
    """The companies of fixed names that a partner of the demo world serves; what is not fixed is drawn."""
    for entry in catalogue()["well_known"].get(partner, ()):
        country = entry["country"]
        city = next(city for city in catalogue()["countries"][country]["cities"] if city["name"] == entry["city"])
        profile = make_profile(entry["name"], entry["prefix"], country, city, rng)
        yield Company(country, entry["prefix"], profile, entry["registration_number"], entry["custom_domain"])


def make_companies(kinds: Sequence[str], rng: Random) -> Iterator[Company]:
    """Makes companies without end, evenly over the kinds. Domain prefixes may repeat; the caller picks.

    Args:
        kinds: Keys of the catalogue's countries.
        rng: Decides everything: the same state makes the same companies.
    """
    while True:
        for kind in kinds:
            yield _make_company(kind, catalogue()["countries"][kind], rng)


def _make_company(kind: str, ingredients: Ingredients, rng: Random) -> Company:
    city = rng.choice(ingredients["cities"])
    name = _name(ingredients, city, rng)
    prefix = domain_prefix(name)
    legal_name = f"{name} {rng.choice(ingredients['legal_forms'])}".rstrip()
    return Company(
        kind=kind,
        prefix=prefix,
        profile=make_profile(legal_name, prefix, kind, city, rng),
        registration_number=_registration_number(kind[:2], ingredients["registration"], rng),
        custom_domain=f"{prefix}.example" if rng.random() < WITH_OWN_DOMAIN else None,
    )


def make_profile(name: str, prefix: str, kind: str, city: City, rng: Random) -> BillingProfileForm:
    """Makes the billing profile of a company: a contact and an address in the city.

    Args:
        name: The company's legal name.
        prefix: First label of its domain.
        kind: Key of the catalogue's countries.
        city: One of that country's cities.
        rng: Decides what is left open.
    """
    ingredients = catalogue()["countries"][kind]
    first, last = rng.choice(ingredients["first_names"]), rng.choice(ingredients["families"])
    culture = city.get("culture", ingredients["culture"])
    return BillingProfileForm(
        company_name=name,
        first_name=first,
        last_name=last,
        email=_email(first, last, prefix),
        culture=culture,
        language=culture.partition("-")[0],
        address=AddressForm(
            address_line1=rng.choice(ingredients["streets"]).format(number=rng.randint(1, 240)),
            city=city["name"],
            state=city["state"],
            postal_code=city["postal_code"],
            country=kind[:2],
            first_name=first,
            last_name=last,
            phone_number=_fill(city["phone"], rng),
        ),
    )


def former_profile(company: Company, rng: Random) -> BillingProfileForm:
    """What a company's billing profile may have been before: with another contact, at another address of the city."""
    ingredients = catalogue()["countries"][company.kind]
    first, last = rng.choice(ingredients["first_names"]), rng.choice(ingredients["families"])
    street = rng.choice(ingredients["streets"]).format(number=rng.randint(1, 240))
    return replace(
        company.profile,
        first_name=first,
        last_name=last,
        email=_email(first, last, company.prefix),
        address=replace(company.profile.address, address_line1=street, first_name=first, last_name=last),
    )


def domain_prefix(name: str) -> str:
    """The first label of a domain for a name: letters and digits, as many as fit."""
    return _plain_letters(name)[:LONGEST_PREFIX]


def _email(first: str, last: str, prefix: str) -> str:
    # Mail to this ending never reaches anybody (RFC 2606), whatever people try out.
    return f"{_plain_letters(first)}.{_plain_letters(last)}@{prefix}.example"


@lru_cache(maxsize=4096)  # the same few names come again and again
def _plain_letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_SPELLED_OUT))
    return "".join(character for character in decomposed if character.isascii() and character.isalnum())


def _name(ingredients: Ingredients, city: City, rng: Random) -> str:
    family, other = rng.sample(ingredients["families"], 2)
    return rng.choice(ingredients["names"]).format(
        word=rng.choice(ingredients["words"] or [""]),
        trade=rng.choice(ingredients["trades"]),
        family=family,
        other=other,
        city=city["name"],
    )


def _registration_number(country: str, numbering: Numbering | None, rng: Random) -> str | None:
    rules = country_rules(country)
    required = rules is not None and rules.registration_number is Requirement.REQUIRED
    if numbering is None or not (required or rng.random() < NUMBERED):
        return None
    is_valid = _check(numbering["check"])
    while not is_valid(number := _fill(numbering["form"], rng)):
        pass
    return number


@cache
def _check(module: str | None) -> Callable[[str], bool]:
    """Tells numbers with the right check digits; they are drawn until one is right, which needs no second algorithm."""
    if module is None:
        return lambda _: True
    return cast(Callable[[str], bool], import_module(f"stdnum.{module}").is_valid)


def _fill(form: str, rng: Random) -> str:
    count = form.count("#")
    digits = iter(f"{rng.randrange(10**count):0{count}}")
    return "".join(next(digits) if character == "#" else character for character in form)
