"""How PostGraphile is asked: its schema follows the tables, so a customer is a relationship with a tenant below it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from benchmarks.operations import ETAG, NESTED, ONE, TYPENAME, VALUE, Operation, parse_instant
from benchmarks.subject import Profile, Row, Subject

NOT_IN_THE_FORM = ("cloud", "partner_id", "customer_id", "id", "etag", "updated_at")
LINK = "rowId customerId listName"
TENANT = "domain country cloud createdAt accountVerification"
INNER = (
    'agreementsByCloudAndCustomerId(condition: {type: "microsoft_customer_agreement"},'
    " orderBy: [AGREED_ON_DESC, ROW_ID_DESC]) { nodes { type method agreedOn } }"
)


class Postgraphile:
    """The schema that PostGraphile makes of our tables. The scope is part of the query."""

    def path(self, _operation: Operation) -> str:
        """One address for all."""
        return "/graphql"

    def bodies(self, operation: Operation, subject: Subject, after: str | None = None) -> list[dict[str, Any]]:
        """One document; of single customers, in turn."""
        if operation.key == TYPENAME.key:
            return [{"query": "{ __typename }"}]
        partner = str(subject.person.tenant_id)
        if operation.key == ONE.key:
            document = (
                "query One($partner: UUID!, $id: UUID!) { relationshipByCloudAndPartnerIdAndCustomerId(cloud:"
                f' "global", partnerId: $partner, customerId: $id) {{ {LINK} customerByCloudAndCustomerId'
                f" {{ {TENANT} }} }} }}"
            )
            keys = subject.some_customers()
            return [{"query": document, "variables": {"partner": partner, "id": str(key)}} for key in keys]
        link, inner = (f"{LINK} role status since", INNER) if operation.key == NESTED.key else (LINK, "")
        document = (
            "query Page($partner: UUID!, $first: Int!, $after: Cursor) { allRelationships(first: $first, after: $after,"
            ' condition: {cloud: "global", partnerId: $partner, status: "active"},'
            " orderBy: [LIST_NAME_KEY_ASC, CUSTOMER_ID_ASC]) { edges { cursor node {"
            f" {link} customerByCloudAndCustomerId {{ {TENANT} {inner} }} }} }}"
            " pageInfo { hasNextPage endCursor } } }"
        )
        return [{"query": document, "variables": {"partner": partner, "first": operation.first, "after": after}}]

    def update_body(self, profile: Profile) -> dict[str, Any]:
        """A call of the function in `peers/postgraphile.sql`."""
        document = (
            "mutation Update($input: PeerReplaceBillingProfileInput!) { peerReplaceBillingProfile(input: $input) {"
            " result { id: rowId etag companyName email addressLine1 addressLine2 addressCity addressCountry } } }"
        )
        form = {name: value for name, value in profile.values.items() if name not in NOT_IN_THE_FORM}
        asked = {
            "partner": str(profile.values["partner_id"]),
            "customer": str(profile.customer_id),
            "etag": ETAG,
            "actor": str(profile.values["partner_id"]),
            "form": form | {"address_line2": VALUE},
        }
        return {"query": document, "variables": {"input": asked}}

    def profile_key(self, profile: Profile) -> str:
        """The key of the row."""
        return str(profile.id)

    def rows(self, operation: Operation, answer: Mapping[str, Any]) -> list[Row]:
        """Customers, put together from both tables."""
        if operation.key == TYPENAME.key:
            return [answer]  # type: ignore[list-item]
        if operation.key == ONE.key:
            return [_comparable(answer["relationshipByCloudAndPartnerIdAndCustomerId"])]
        edges = answer["allRelationships"]["edges"]
        if len({edge["cursor"] for edge in edges}) != len(edges):
            raise ValueError("two rows have one cursor")
        return [_comparable(edge["node"]) for edge in edges]

    def page_end(self, answer: Mapping[str, Any]) -> tuple[bool, str]:
        """Of the page's info."""
        info = answer["allRelationships"]["pageInfo"]
        return info["hasNextPage"], info["endCursor"]

    def updated(self, answer: Mapping[str, Any]) -> tuple[str, str]:
        """Of the row that the function returned."""
        result = answer["peerReplaceBillingProfile"]["result"]
        return result["etag"], result["addressLine2"]


def _comparable(link: Mapping[str, Any]) -> Row:
    tenant = link["customerByCloudAndCustomerId"]
    row: Row = {
        "tenantId": UUID(link["customerId"]),
        "companyName": link["listName"],
        "domain": tenant["domain"],
        "country": tenant["country"],
        "cloud": tenant["cloud"].upper(),
        "createdAt": parse_instant(tenant["createdAt"]),
        "accountVerification": tenant["accountVerification"].upper(),
    }
    if "since" in link:
        row["relationship"] = {
            "role": link["role"].upper(),
            "status": link["status"].upper(),
            "since": parse_instant(link["since"]),
        }
        row["agreements"] = [
            {"type": one["type"].upper(), "method": one["method"].upper(), "agreedOn": parse_instant(one["agreedOn"])}
            for one in tenant["agreementsByCloudAndCustomerId"]["nodes"]
        ]
    return row
