"""The object kinds that fields lead to: row type and visibility SELECT of each."""

from execution.source import Source
from resolvers.activity import ActivityRow, visible_activity
from resolvers.agreements import AgreementRow, agreements_of_seen_customers, visible_agreements
from resolvers.billing_profiles import BillingProfileRow, visible_billing_profiles
from resolvers.customers import CustomerRow, DomainRow, customers_and_relationships, visible_domains
from resolvers.offers import OfferCountryRow, OfferRow, visible_offer_countries, visible_offers
from resolvers.owned_subscriptions import (
    OwnedSubscriptionRow,
    offers_of_owner,
    subscriptions_of_owner,
    visible_owned_subscriptions,
    visible_purchasable_offers,
)
from resolvers.partners import PartnerRow, visible_partners
from resolvers.partnerships import PartnershipRow, visible_partnerships, visible_shared_customers
from resolvers.product_subscriptions import ProductSubscriptionRow, visible_product_subscriptions
from resolvers.purchase_permissions import PurchasePermissionRow, visible_purchase_permissions
from resolvers.qualifications import QualificationRow, visible_qualifications
from resolvers.relationship_requests import RelationshipRequestRow, visible_relationship_requests
from resolvers.relationships import (
    RelationshipRow,
    visible_relationships,
    visible_resellers,
)
from resolvers.relationships import (
    own_relationships as own_relationship_rows,
)

customers = Source(CustomerRow, customers_and_relationships)
shared_customers = Source(CustomerRow, visible_shared_customers)
domains = Source(DomainRow, visible_domains, key="name")
partners = Source(PartnerRow, visible_partners)
partnerships = Source(PartnershipRow, visible_partnerships)
relationships = Source(RelationshipRow, visible_relationships)
relationship_requests = Source(RelationshipRequestRow, visible_relationship_requests)
own_relationships = Source(RelationshipRow, own_relationship_rows)
resellers = Source(PartnerRow, visible_resellers)
billing_profiles = Source(BillingProfileRow, visible_billing_profiles)
agreements = Source(AgreementRow, visible_agreements)
customers_agreements = Source(AgreementRow, agreements_of_seen_customers)
activity_records = Source(ActivityRow, visible_activity)
offers = Source(OfferRow, visible_offers)
offer_countries = Source(OfferCountryRow, visible_offer_countries, key="country")
product_subscriptions = Source(ProductSubscriptionRow, visible_product_subscriptions)
qualifications = Source(QualificationRow, visible_qualifications)
purchase_permissions = Source(PurchasePermissionRow, visible_purchase_permissions, key="customer_id")
owned_subscriptions = Source(OwnedSubscriptionRow, visible_owned_subscriptions)
purchasable_offers = Source(OfferRow, visible_purchasable_offers)
owners_subscriptions = Source(ProductSubscriptionRow, subscriptions_of_owner)
owners_offers = Source(OfferRow, offers_of_owner)
