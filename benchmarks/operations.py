"""What is asked: the operations, as requests to each kind of server and as rows to compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from benchmarks.subject import Profile, Row, Subject, instant

PAGE = 50
ETAG, VALUE = "@etag@", "@value@"
"""Stand in the body of an update for what changes from request to request."""

FIELDS = "id tenantId companyName domain country cloud createdAt accountVerification"
COMPARED = ("tenantId", "companyName", "domain", "country", "cloud", "createdAt", "accountVerification")


@dataclass(frozen=True)
class Operation:
    """One of the operations.

    Attributes:
        key: Short name.
        label: As the tables have it.
        first: Rows of the page; 0 where there is none.
    """

    key: str
    label: str
    first: int = 0


ONE = Operation("one", "one customer, 8 fields")
LIST = Operation("list", "50 customers of 8 fields with cursors", PAGE)
NESTED = Operation("nested", "50 customers of 8 fields, relationship and agreements", PAGE)
UPDATE = Operation("update", "billing profile update with its audit row")
TYPENAME = Operation("typename", "{ __typename }")
OPERATIONS = (ONE, LIST, NESTED, UPDATE, TYPENAME)
PAGES = tuple(Operation(f"page{first}", f"{first} customers", first) for first in (10, 50, 200, 500))


class Api(Protocol):
    """How a kind of server is asked, and how its answers read."""

    def path(self, operation: Operation) -> str:
        """Where requests go."""

    def bodies(self, operation: Operation, subject: Subject, after: str | None = None) -> list[dict[str, Any]]:
        """The requests of a read; they are sent in turn."""

    def update_body(self, profile: Profile) -> dict[str, Any]:
        """The request that updates a profile, with ETAG and VALUE in it, ETAG first."""

    def profile_key(self, profile: Profile) -> str:
        """What the answer to an update has as the profile's `id`."""

    def rows(self, operation: Operation, answer: Mapping[str, Any]) -> list[Row]:
        """The rows of an answer to a read, comparable."""

    def page_end(self, answer: Mapping[str, Any]) -> tuple[bool, str]:
        """Whether there is a next page, and the cursor that it begins after."""

    def updated(self, answer: Mapping[str, Any]) -> tuple[str, str]:
        """The new etag and the new value of an answer to an update."""


class Contract:
    """Clientela's own schema, which most peers have the part of that is asked for."""

    def path(self, _operation: Operation) -> str:
        """One address for all."""
        return "/graphql"

    def bodies(self, operation: Operation, subject: Subject, after: str | None = None) -> list[dict[str, Any]]:
        """One document; of single customers, in turn."""
        if operation.key == TYPENAME.key:
            return [{"query": "{ __typename }"}]
        if operation.key == ONE.key:
            return [_one(f"customer_{key.hex}") for key in subject.some_customers()]
        inner = "relationship { role status since } agreements { type method agreedOn }"
        return [_page(inner if operation.key == NESTED.key else "", operation.first, after)]

    def update_body(self, profile: Profile) -> dict[str, Any]:
        """The whole profile, as the form sends it, with another second line of the address."""
        document = (
            "mutation Update($input: CustomerUpdateBillingProfileInput!) { customerUpdateBillingProfile(input: $input)"
            " { userErrors { message } billingProfile { id etag companyName email"
            " address { addressLine1 addressLine2 city country } } } }"
        )
        values = profile.values
        address = {
            "addressLine1": values["address_line1"],
            "addressLine2": VALUE,
            "city": values["address_city"],
            "state": values["address_state"],
            "postalCode": values["address_postal_code"],
            "country": values["address_country"],
            "firstName": values["address_first_name"],
            "lastName": values["address_last_name"],
            "phoneNumber": values["address_phone_number"],
        }
        form = {
            "companyName": values["company_name"],
            "firstName": values["first_name"],
            "lastName": values["last_name"],
            "email": values["email"],
            "culture": values["culture"],
            "language": values["language"],
            "address": address,
        }
        asked = {"customerId": f"customer_{profile.customer_id.hex}", "etag": ETAG, "billingProfile": form}
        return {"query": document, "variables": {"input": asked}}

    def profile_key(self, profile: Profile) -> str:
        """The global id."""
        return f"billingprofile_{profile.id.hex}"

    def rows(self, operation: Operation, answer: Mapping[str, Any]) -> list[Row]:
        """Customers, with what was asked for beside their fields."""
        if operation.key == TYPENAME.key:
            return [answer]  # type: ignore[list-item]
        if operation.key == ONE.key:
            return [_comparable(answer["customer"])]
        edges = answer["customers"]["edges"]
        if len({edge["cursor"] for edge in edges}) != len(edges):
            raise ValueError("two rows have one cursor")
        return [_comparable(edge["node"]) for edge in edges]

    def page_end(self, answer: Mapping[str, Any]) -> tuple[bool, str]:
        """Of the page's info."""
        info = answer["customers"]["pageInfo"]
        return info["hasNextPage"], info["endCursor"]

    def updated(self, answer: Mapping[str, Any]) -> tuple[str, str]:
        """Of the payload's profile."""
        profile = answer["customerUpdateBillingProfile"]["billingProfile"]
        return profile["etag"], profile["address"]["addressLine2"]


class Bare(Contract):
    """The handlers without GraphQL: an address an operation, the same requests and answers."""

    def path(self, operation: Operation) -> str:
        """Named after the operation, whatever the length of the page."""
        return f"/{LIST.key if operation in PAGES else operation.key}"


def expected_rows(operation: Operation, subject: Subject, page: int = 0) -> list[Row]:
    """What a read must answer.

    Args:
        operation: The read.
        subject: Whom it is about.
        page: Number of the page, from 0.
    """
    if operation.key == TYPENAME.key:
        return [{"__typename": "Query"}]
    names = COMPARED + (("relationship", "agreements") if operation.key == NESTED.key else ())
    start = page * operation.first
    chosen = subject.rows[start : start + operation.first] if operation.first else subject.rows[:1]
    return [{name: row[name] for name in names} for row in chosen]


def parse_instant(text: str) -> datetime:
    """An instant of an answer; one without a zone is in UTC, as SQLite stores it."""
    found = datetime.fromisoformat(text)
    return instant(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))


def _one(key: str) -> dict[str, Any]:
    return {"query": f"query One($id: ID!) {{ customer(id: $id) {{ {FIELDS} }} }}", "variables": {"id": key}}


def _page(inner: str, first: int, after: str | None) -> dict[str, Any]:
    document = (
        "query Page($first: Int!, $after: String) { customers(first: $first, after: $after)"
        f" {{ edges {{ cursor node {{ {FIELDS} {inner} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )
    return {"query": document, "variables": {"first": first, "after": after}}


def _comparable(customer: Mapping[str, Any]) -> Row:
    row = {name: customer[name] for name in COMPARED}
    row |= {"tenantId": UUID(row["tenantId"]), "createdAt": parse_instant(row["createdAt"])}
    if customer["id"] != f"customer_{row['tenantId'].hex}":
        raise ValueError(f"the id of {row['tenantId']} is {customer['id']}")
    if "relationship" in customer:
        link = customer["relationship"]
        row["relationship"] = {**link, "since": parse_instant(link["since"])}
        row["agreements"] = [
            {**agreement, "agreedOn": parse_instant(agreement["agreedOn"])} for agreement in customer["agreements"]
        ]
    return row
