"""Our enums as GraphQL enums, each value described for a front-end developer.

Importing this module marks the enums; types that use them import `schema.access`, which imports it.
"""

from enum import Enum

import strawberry

from models.activity import ActivityStatus
from models.agreement import AgreementMethod, AgreementType
from models.customer import AccountVerification
from models.offer import ProductSubscriptionKind
from models.partnership import PartnershipStatus
from models.product_subscription import ProductSubscriptionStatus
from models.purchase_permission import PurchasableResource, PurchaseAction
from models.qualification import QualificationKind, VettingStatus
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipStatus, RelationshipToPartner
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.rules import policy
from policy.vocabulary import Cloud, PartnerKind, Permission, PrincipalKind, ProgramStatus, Role, RoleKind
from resolvers.address_validation import AddressValidationStatus
from resolvers.countries.rules import Requirement
from resolvers.faults import FaultCode


def described(enum: type[Enum], description: str, values: dict[str, str], *, name: str | None = None) -> None:
    """Makes an enum a GraphQL enum.

    Args:
        enum: One of our enums; its member names are the GraphQL values.
        description: What the enum is.
        values: What each value means, by member name; every member must be there.
        name: The name in GraphQL where it is not the class's.

    Raises:
        ValueError: A member has no description.
    """
    if missing := set(enum.__members__) - set(values):
        raise ValueError(f"{enum.__name__}: describe {', '.join(sorted(missing))}")
    decorated = strawberry.enum(enum, name=name, description=description)
    for value in decorated.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]


described(
    Cloud,
    "National cloud. Part of every tenant's identity; nothing crosses it.",
    {
        "GLOBAL": "The worldwide cloud.",
        "US_GOV": "Microsoft Cloud for US Government: one partner a customer, fewer features.",
        "GERMANY": "Microsoft Cloud Germany: closed to new customers.",
        "CHINA": "Microsoft Azure operated by 21Vianet.",
    },
)

described(
    PrincipalKind,
    "What kind of caller a token belongs to.",
    {
        "PARTNER_USER": "A person of a partner.",
        "PARTNER_APP": "A partner's application that acts without a user.",
        "CUSTOMER_USER": "A person of a customer.",
    },
)

described(
    PartnerKind,
    "What a partner is in the reseller program.",
    {
        "DIRECT_BILL": "Buys from the vendor and bills its customers itself.",
        "INDIRECT_PROVIDER": "Buys from the vendor for indirect resellers and their customers.",
        "INDIRECT_RESELLER": "Sells through an indirect provider; orders nothing itself.",
        "ADVISOR": "Advises customers without a billing link; closed to new partners.",
    },
)

described(
    ProgramStatus,
    "Where a partner stands in the reseller program.",
    {
        "PENDING": "Enrolment is being vetted.",
        "QUALIFIED": "Vetted; the partner agreement is still to be accepted.",
        "ACTIVE": "May do all that its kind may.",
        "RESTRICTED": "Keeps its customers; adds none and sells nothing new.",
        "REJECTED": "Enrolment was refused.",
        "SUSPENDED": "Keeps reading and servicing; adds no customers and sells nothing new.",
    },
)

described(
    RoleKind,
    "What a role manages.",
    {
        "DIRECTORY": "The company's tenant.",
        "PROGRAM": "The reseller business.",
        "BUSINESS": "Neither tenant nor customers: profiles, locations, referrals.",
    },
)

described(
    Role,
    "A partner user's role. Roles add up: a user may do what any of its roles grants.",
    {role.name: rule.description for role, rule in policy().roles.items()},
)

described(
    Permission,
    "One action on one kind of data. `roles` says which roles hold which.",
    {permission.name: f"Covers: {rule.covers}." for permission, rule in policy().permissions.items()},
)

described(
    AccountVerification,
    "Whether the account may buy.",
    {
        "NOT_STARTED": "Nobody looked at the account yet.",
        "IN_REVIEW": "The account is being looked at; purchases wait.",
        "APPROVED": "Purchases are open.",
        "DENIED": "Purchases are refused.",
    },
)

described(
    RelationshipToPartner,
    "What a partner is to a customer.",
    {
        "NONE": "No relationship, or one that ended.",
        "RESELLER": "Sells to the customer.",
        "ADVISOR": "Advises the customer.",
    },
)

described(
    RelationshipRole,
    "What a partner may do in a relationship.",
    {
        "TRANSACTING": "May order for the customer.",
        "MANAGING": "May manage, not order.",
    },
)

described(
    RelationshipStatus,
    "Whether a relationship lives.",
    {
        "ACTIVE": "The customer is in the partner's list.",
        "ENDED": "It was ended; its history is kept.",
    },
)

described(
    RelationshipOrigin,
    "How a relationship came about.",
    {
        "CREATED": "The partner created the customer.",
        "INVITED": "The customer accepted an invitation.",
        "EXTENDED": "A direct-bill partner extended the customer to a provider.",
        "LEGACY_PORTAL": "Business from another portal; may not order until the customer accepts an invitation.",
    },
)

described(
    RelationshipRequestKind,
    "Which relationships a request makes when it is accepted.",
    {
        "DIRECT": "A direct-bill partner's, which may order.",
        "PROVIDER": "An indirect provider's, which may order.",
        "RESELLER_ONLY": "An indirect reseller's, which manages.",
        "RESELLER_WITH_PROVIDER": "An indirect reseller's and its provider's, both at once.",
    },
)

described(
    RelationshipRequestStatus,
    "Where a request stands. The last four are final.",
    {
        "DRAFT": "The link is good for nothing yet.",
        "SENT": "The customer can decide.",
        "ACCEPTED": "The customer accepted.",
        "DECLINED": "The customer said no.",
        "CANCELLED": "The partner took it back.",
        "EXPIRED": "The customer did not decide in time.",
    },
)

described(
    PartnershipStatus,
    "Where a partnership stands.",
    {
        "REQUESTED": "The provider invited; nobody accepted yet.",
        "ACTIVE": "The two work together.",
        "ENDED": "The provider ended it; customers and admin privileges stayed as they were.",
        "DECLINED": "The reseller said no.",
        "CANCELLED": "The provider took the invitation back.",
        "EXPIRED": "The invitation was not answered in time.",
    },
)

described(
    AgreementType,
    "The agreement that a customer accepts before anything is bought.",
    {
        "MICROSOFT_CUSTOMER_AGREEMENT": "The agreement in force.",
        "MICROSOFT_CLOUD_AGREEMENT": "Its predecessor, replaced on 2019-10-01.",
    },
)

described(
    AgreementMethod,
    "How an acceptance came in.",
    {
        "PARTNER_ATTESTATION": "The partner attested it; counts for that partner.",
        "DIRECT_ACCEPTANCE": "The customer accepted by itself; counts for all its partners.",
    },
)

described(
    QualificationKind,
    "What a customer can be recognised as.",
    {
        "EDUCATION": "A school, university or the like; vetted.",
        "GOVERNMENT_COMMUNITY_CLOUD": "A US public body, proven by a validation code.",
        "STATE_OWNED_ENTITY": "Owned by a state; not vetted.",
        "NONPROFIT": "A nonprofit; never requested by a partner.",
    },
)

described(
    VettingStatus,
    "How far a vetting is.",
    {
        "IN_REVIEW": "The operator looks at it.",
        "APPROVED": "Granted; a partner cannot take it back.",
        "DENIED": "Refused; correct the customer's data and request it again.",
    },
)

described(
    ProductSubscriptionKind,
    "How something is sold.",
    {
        "LICENSE": "By seats, billed ahead.",
        "USAGE": "By use, billed afterwards; Azure.",
        "RESERVATION": "Azure capacity, reserved and paid ahead.",
        "SOFTWARE": "A licence that is bought once.",
    },
)

described(
    ProductSubscriptionStatus,
    "Where a subscription stands.",
    {
        "PENDING": "It is being provisioned.",
        "ACTIVE": "It can be used.",
        "SUSPENDED": "Users lost access; it can be reactivated for 90 days.",
        "DELETED": "It is gone, for good.",
    },
)

described(
    PurchasableResource,
    "What a customer may buy for itself.",
    {"AZURE_RESERVED_INSTANCES": "Reservations of Azure capacity."},
)

described(
    PurchaseAction,
    "What a customer may do for itself.",
    {"PURCHASE": "Buy it; never exchange, cancel or renew it."},
)

described(
    ActivityStatus,
    "How an action ended.",
    {
        "SUCCEEDED": "It was done.",
        "FAILED": "It was refused or failed; nothing changed.",
        "IN_PROGRESS": "It goes on.",
    },
)

described(
    Requirement,
    "Whether a form must ask for a value.",
    {
        "REQUIRED": "The value must be there.",
        "OPTIONAL": "The value may be there.",
        "NOT_SUPPORTED": "The value must not be there.",
    },
)

described(
    FaultCode,
    "What is wrong with an input, or with the state of the data.",
    {
        "REQUIRED": "The field must be filled in.",
        "INVALID": "The value breaks the rule that the message names.",
        "TOO_LONG": "The value is longer than the field holds.",
        "NOT_SUPPORTED": "The value or part does not exist here; leave it out.",
        "NOT_FOUND": "The id names nothing that you may see.",
        "DOMAIN_TAKEN": "Some customer has this domain.",
        "ETAG_REQUIRED": "Quote the etag of the version that you change.",
        "ETAG_MISMATCH": "Somebody changed the object since you read it.",
        "INVALID_STATE": "The object is not in a state in which this can be done.",
        "LIMIT_REACHED": "There are as many as there may be.",
        "NOT_SANDBOX": "Possible in an integration sandbox only.",
        "REGION_MISMATCH": "The two sides are not in one selling region.",
        "SINGLE_PARTNER_CLOUD": "In this cloud a company has one partner at most.",
        "ADMIN_PRIVILEGES_REQUIRED": "In this cloud a request always asks for admin privileges.",
        "LINK_MISSING": "The text lacks the link.",
        "AGREEMENT_REQUIRED": "The customer has not accepted its agreement.",
        "AGREEMENT_EXISTS": "The same contact's acceptance is recorded already.",
        "PARTNERSHIP_REQUIRED": "You have no active partnership with this company.",
        "RELATIONSHIP_REQUIRED": "There is no live relationship with the customer, or none that allows this.",
        "NOT_A_CUSTOMER_TENANT": "The tenant is a partner's, and no customer.",
        "PARTNER_AGREEMENT_REQUIRED": "A partner has not signed its agreement with the vendor.",
        "PROGRAM_NOT_ACTIVE": "A reseller program is not active.",
        "EXPIRED": "The invitation was not answered in time.",
        "VERIFICATION_PENDING": "The customer's account is still under review.",
        "VERIFICATION_DENIED": "The customer's account was not approved.",
        "ACTIVE_SUBSCRIPTIONS": "Subscriptions are active; suspend them first.",
        "ACTIVE_RESERVATIONS": "Reservations are active; cancel them first.",
        "ACTIVE_SOFTWARE": "Software was bought and not cancelled; cancel it first.",
        "NO_ELIGIBLE_AZURE_SUBSCRIPTION": "The customer has no active Azure subscription through you.",
        "PURCHASE_NOT_PERMITTED": "The partner does not let your company buy for itself.",
        "OWNER_ROLE_REQUIRED": "Only an Owner of the Azure subscription may buy under it.",
        "QUALIFICATION_CONFLICT": "The customer has a qualification that excludes this one.",
        "VALIDATION_CODE_EXHAUSTED": "The validation code was used as often as it may be.",
    },
    name="UserErrorCode",
)

described(
    AddressValidationStatus,
    "What came of checking an address. Our own rules answer VERIFIED, NONE or NOT_VALIDATED.",
    {
        "VERIFIED_SHIPPABLE": "A postal service delivers there.",
        "VERIFIED": "The address keeps the rules of its country.",
        "INTERACTION_REQUIRED": "A person must look at it.",
        "STREET_PARTIAL": "The street is known, the number is not.",
        "PREMISES_PARTIAL": "The building is known, the unit is not.",
        "MULTIPLE": "Several addresses fit.",
        "NONE": "The address breaks rules; `problems` lists them.",
        "NOT_VALIDATED": "There are no rules for the country.",
    },
)
