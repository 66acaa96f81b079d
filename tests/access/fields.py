"""The guarded fields of the schema, and for each a document that asks for it."""

from functools import cache
from typing import Any, NamedTuple

from graphql import GraphQLInterfaceType, GraphQLObjectType

from policy.vocabulary import Permission
from schema.access import ACCESS
from schema.build import build_schema
from schema.checks import OURS
from tests.access.outcomes import Step

ADDRESS = {"addressLine1": "1 Main St", "city": "Seattle", "state": "WA", "postalCode": "98101", "country": "US"}


@cache
def guarded_fields() -> dict[str, str]:
    """Every field with a guard by its coordinate, e.g. `Customer.contact`, with the permission that it needs.

    Payloads' fields are reached by who may write only: tests/identity/test_narrowed_writes.py has them.
    """
    core = build_schema()._schema
    return {
        f"{kind}.{name}": access.name
        for kind, declared in core.type_map.items()
        if isinstance(declared, GraphQLObjectType | GraphQLInterfaceType)
        and not kind.startswith("__")
        and not kind.endswith("Payload")
        for name, field in declared.fields.items()
        if isinstance(access := field.extensions[OURS].metadata[ACCESS], Permission)
    }


class Row(NamedTuple):
    """One row of the matrix.

    Attributes:
        document: Asks for the field; may use `$id`, the customer.
        steps: The guards on the way to the field, the field's own last.
        secret: Which planted text the field shows; None where it shows no customer's data.
    """

    document: str
    steps: tuple[Step, ...]
    secret: str | None = None


def _root(permission: str, field: str, selection: str, secret: str | None = None) -> Row:
    name = field.partition("(")[0]
    uses_id = "($id: ID!)" if "$id" in field else ""
    return Row(f"query {uses_id} {{ {field} {{ {selection} }} }}", (Step(permission, (name,)),), secret)


def _of_customer(permission: str, selection: str, *path: str, secret: str | None = None) -> Row:
    document = f"query ($id: ID!) {{ customer(id: $id) {{ tenantId {selection} }} }}"
    return Row(document, (Step("CUSTOMER_READ", ("customer",)), Step(permission, ("customer", *path))), secret)


def _of_record(permission: str, selection: str, field: str) -> Row:
    log = 'activityLog(first: 1, filter: {operation: ["update_customer_billing_profile"]})'
    step = Step(permission, ("activityLog", "nodes", 0, field))
    return Row(f"{{ {log} {{ nodes {{ id {selection} }} }} }}", (Step("AUDIT_READ", ("activityLog",)), step), "name")


# The permissions are those of the contract (schema.graphql), not those that the product happens to ask for.
ROWS: dict[str, Row] = {
    "Query.customer": _root("CUSTOMER_READ", "customer(id: $id)", "companyName", "name"),
    "Query.customers": _root(
        "CUSTOMER_READ", 'customers(filter: {search: "sentinel"})', "totalCount nodes { companyName }", "name"
    ),
    "Query.domainAvailability": _root(
        "CUSTOMER_PRECHECK", 'domainAvailability(domain: "nobodyhasthisone")', "available"
    ),
    "Query.validateAddress": Row(
        "query ($address: AddressInput!) { validateAddress(address: $address) { status } }",
        (Step("CUSTOMER_PRECHECK", ("validateAddress",)),),
    ),
    "Query.countries": _root("CUSTOMER_PRECHECK", "countries", "country"),
    "Query.countryRules": _root("CUSTOMER_PRECHECK", 'countryRules(country: "IT")', "name"),
    "Query.agreementTemplates": _root("AGREEMENT_READ", 'agreementTemplates(country: "US")', "templateId"),
    "Query.relationshipRequests": _root("RELATIONSHIP_READ", "relationshipRequests", "totalCount"),
    # R3.8: the list is for the two sides of the indirect model.
    "Query.partnerships": Row(
        "{ partnerships { totalCount } }",
        (Step("PARTNERSHIP_READ", ("partnerships",), frozenset({"provider", "reseller"})),),
    ),
    "Query.offers": _root("SUBSCRIPTION_READ", "offers(first: 2)", "nodes { name }"),
    "Query.activityLog": _root("AUDIT_READ", "activityLog(first: 5)", "nodes { operation }"),
    "Customer.contact": _of_customer("CUSTOMER_CONTACT_READ", "contact { email }", "contact", secret="contact"),
    "Customer.address": _of_customer("CUSTOMER_CONTACT_READ", "address { addressLine1 }", "address", secret="address"),
    "Customer.billingProfile": _of_customer(
        "CUSTOMER_BILLING_READ", "billingProfile { etag }", "billingProfile", secret="etag"
    ),
    "Customer.resellers": _of_customer("PARTNERSHIP_READ", "resellers { totalCount }", "resellers"),
    "Customer.agreements": _of_customer(
        "AGREEMENT_ATTEST", "agreements { contact { email } }", "agreements", secret="agreement"
    ),
    "Customer.purchasePermissions": _of_customer(
        "SELFSERVE_READ", "purchasePermissions { enabled warnings }", "purchasePermissions"
    ),
    "Customer.qualifications": _of_customer("QUALIFICATION_READ", "qualifications { kind }", "qualifications"),
    "Customer.subscriptions": _of_customer(
        "SUBSCRIPTION_READ", "subscriptions { nodes { friendlyName } }", "subscriptions", secret="subscription"
    ),
    "Customer.activity": _of_customer("AUDIT_READ", "activity { nodes { operation } }", "activity"),
    "CompanyProfile.organizationRegistrationNumber": _of_customer(
        "CUSTOMER_TAX_READ",
        "companyProfile { organizationRegistrationNumber }",
        *("companyProfile", "organizationRegistrationNumber"),
        secret="tax",
    ),
    "ActivityRecord.customer": _of_record("CUSTOMER_READ", "customer { companyName }", "customer"),
    "ActivityRecord.customerName": _of_record("CUSTOMER_READ", "customerName", "customerName"),
}


def variables_of(row: Row, customer_id: str) -> dict[str, Any]:
    """What the row's document asks with."""
    if "$address" in row.document:
        return {"address": ADDRESS | {"firstName": "Ada", "lastName": "Smith"}}
    return {"id": customer_id} if "$id" in row.document else {}
