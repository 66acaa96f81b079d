"""Arguments without a fault for every field of the roots, and how to put another value into each place of them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.api.customers import profile

FILTER = {
    "search": "a",
    "companyNameStartsWith": "a",
    "domainStartsWith": "a",
    "partnerId": f"partner_{'0' * 32}",
    "country": ["IT"],
    "createdAfter": "2020-01-01T00:00:00Z",
    "createdBefore": "2030-01-01T00:00:00Z",
}
LOG_FILTER = {
    "since": None,
    "until": None,
    "customerId": f"customer_{'0' * 32}",
    "customerNameContains": "a",
    "resourceType": ["customer"],
    "operation": ["add_customer"],
}
WINDOW = {"first": 1, "after": None}
CONTACT = {"firstName": "Tania", "lastName": "Carr", "email": "tania@wingtiptoys.example", "phoneNumber": None}
STATUS = {"input": {"subscriptionId": f"productsubscription_{'0' * 32}", "etag": "x"}}
AGREEMENT = {
    "type": "MICROSOFT_CUSTOMER_AGREEMENT",
    "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9",
    "agreedOn": "2024-05-01T10:00:00Z",
    "contact": CONTACT,
}


def requests(customer_id: str, etag: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Every field of the roots that takes arguments: its declaration, its selection, and arguments without a fault."""
    errors = "{ userErrors { code message field vendorCode relatedIds } }"
    form = profile("IT")
    window = "$first: Int, $after: String"
    both = f"{window}, $last: Int, $before: String"
    return {
        "node": ("$id: ID!", "{ id }", {"id": customer_id}),
        "nodes": ("$ids: [ID!]!", "{ id }", {"ids": [customer_id]}),
        "customer": ("$id: ID!", "{ id }", {"id": customer_id}),
        "customers": (
            f"{both}, $filter: CustomerFilter, $orderBy: CustomerOrder",
            "{ totalCount nodes { id } pageInfo { hasNextPage } }",
            {
                **WINDOW,
                "last": None,
                "before": None,
                "filter": FILTER,
                "orderBy": {"field": "COMPANY_NAME", "direction": "ASC"},
            },
        ),
        "activityLog": (
            f"{window}, $filter: ActivityFilter",
            "{ totalCount nodes { id } }",
            {**WINDOW, "filter": LOG_FILTER},
        ),
        "domainAvailability": ("$domain: String!", "{ domain available reason suggestions }", {"domain": "wing"}),
        "validateAddress": (
            "$address: AddressInput!",
            "{ status original { city } suggested { city } problems { code } }",
            {"address": form["address"]},
        ),
        "countryRules": ("$country: CountryCode!", "{ name }", {"country": "IT"}),
        "agreementTemplates": (
            "$country: CountryCode!, $type: AgreementType",
            "{ templateId }",
            {"country": "IT", "type": None},
        ),
        "customerCreate": (
            "$input: CustomerCreateInput!",
            errors,
            # A language that no country knows stops it: what is right would hash a password each time.
            {
                "input": {
                    "domain": "wingtiptoys",
                    "billingProfile": {**form, "language": "xx"},
                    "organizationRegistrationNumber": "x",
                    "associatedResellerId": None,
                    "agreement": AGREEMENT,
                }
            },
        ),
        "customerUpdateBillingProfile": (
            "$input: CustomerUpdateBillingProfileInput!",
            errors,
            {"input": {"customerId": customer_id, "etag": etag, "billingProfile": form, "dryRun": True}},
        ),
        "customerUpdateContact": (
            "$input: CustomerUpdateContactInput!",
            errors,
            {"input": {"customerId": customer_id, "etag": etag, "contact": CONTACT, "dryRun": True}},
        ),
        "customerDelete": ("$input: CustomerDeleteInput!", errors, {"input": {"customerId": customer_id}}),
        "customerExport": ("$input: CustomerExportInput!", errors, {"input": {"filter": FILTER}}),
        "offers": (
            f"{window}, $country: CountryCode",
            "{ totalCount nodes { id } }",
            {**WINDOW, "country": "IT"},
        ),
        "customerRequestQualification": (
            "$input: CustomerRequestQualificationInput!",
            errors,
            {
                "input": {
                    "customerId": customer_id,
                    "kind": "NONPROFIT",
                    "educationSegment": "K12",
                    "website": "https://school.example",
                    "validationCode": "x",
                }
            },
        ),
        "customerSetPurchasePermission": (
            "$input: CustomerSetPurchasePermissionInput!",
            errors,
            {
                "input": {
                    "customerId": customer_id,
                    "resource": "AZURE_RESERVED_INSTANCES",
                    "action": "PURCHASE",
                    "enabled": False,
                    "dryRun": True,
                }
            },
        ),
        **{
            name: (
                "$input: SubscriptionOwnerInput!",
                errors,
                {"input": {"subscriptionId": f"productsubscription_{'0' * 32}", "userPrincipalName": "nobody"}},
            )
            for name in ("subscriptionOwnerAssign", "subscriptionOwnerRemove")
        },
        "reservationPurchase": (
            "$input: ReservationPurchaseInput!",
            errors,
            {
                "input": {
                    "subscriptionId": f"productsubscription_{'0' * 32}",
                    "offerId": f"offer_{'0' * 32}",
                    "quantity": 1,
                    "dryRun": True,
                }
            },
        ),
        "productSubscriptionCreate": (
            "$input: ProductSubscriptionCreateInput!",
            errors,
            {
                "input": {
                    "customerId": customer_id,
                    "offerId": f"offer_{'0' * 32}",
                    "quantity": 1,
                    "parentId": None,
                    "friendlyName": "Head office",
                    "resellerId": None,
                    "dryRun": True,
                }
            },
        ),
        **{
            f"productSubscription{verb}": ("$input: ProductSubscriptionSetStatusInput!", errors, STATUS)
            for verb in ("Suspend", "Reactivate", "Cancel")
        },
        "productSubscriptionExport": (
            "$input: SubscriptionExportInput!",
            errors,
            {"input": {"customerId": customer_id}},
        ),
        "customerAttestAgreement": (
            "$input: CustomerAttestAgreementInput!",
            errors,
            {"input": {"customerId": customer_id, "agreement": AGREEMENT}},
        ),
    }


def leaves(arguments: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything within the arguments, objects and lists themselves included."""
    if path:
        yield path
    inner = (
        arguments.items()
        if isinstance(arguments, dict)
        else enumerate(arguments)
        if isinstance(arguments, list)
        else ()
    )
    for key, value in inner:
        yield from leaves(value, (*path, key))


def replaced(arguments: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The arguments with another value at a path."""
    changed = deepcopy(arguments)
    at: Any = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed
