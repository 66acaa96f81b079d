"""What is stored: SQLModel tables with a name for every constraint and the tenant's key first in every index.

Tables validate nothing and load nothing lazily; rules live in `resolvers`, words in `policy.vocabulary`.
"""

from models.activity import ActivityRecord
from models.agreement import Agreement
from models.base import metadata
from models.billing_profile import BillingProfile
from models.customer import Customer, CustomerDomain, CustomerUser
from models.event import Event, EventHorizon
from models.idempotency import IdempotentAnswer
from models.offer import Offer, OfferCountry
from models.outbox import OutboxMail
from models.partner import Partner, PartnerApp, PartnerUser, RoleAssignment
from models.partnership import Partnership
from models.persisted_document import PersistedDocument
from models.product_subscription import ProductSubscription, SubscriptionOwner
from models.purchase_permission import PurchasePermission
from models.qualification import Qualification, ValidationCode
from models.relationship import Relationship, RelationshipDomain
from models.relationship_request import RelationshipRequest

__all__ = [
    "ActivityRecord",
    "Agreement",
    "BillingProfile",
    "Customer",
    "CustomerDomain",
    "CustomerUser",
    "Event",
    "EventHorizon",
    "IdempotentAnswer",
    "Offer",
    "OfferCountry",
    "OutboxMail",
    "Partner",
    "PartnerApp",
    "PartnerUser",
    "Partnership",
    "PersistedDocument",
    "ProductSubscription",
    "PurchasePermission",
    "Qualification",
    "Relationship",
    "RelationshipDomain",
    "RelationshipRequest",
    "RoleAssignment",
    "SubscriptionOwner",
    "ValidationCode",
    "metadata",
]
