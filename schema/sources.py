"""The object kinds that fields lead to: row type and visibility SELECT of each."""

from execution.source import Source
from resolvers.activity import ActivityRow, visible_activity
from resolvers.agreements import AgreementRow, visible_agreements
from resolvers.billing_profiles import BillingProfileRow, visible_billing_profiles
from resolvers.customers import CustomerRow, DomainRow, visible_customers, visible_domains
from resolvers.partners import PartnerRow, visible_partners
from resolvers.partnerships import PartnershipRow, visible_partnerships, visible_shared_customers
from resolvers.relationship_requests import RelationshipRequestRow, visible_relationship_requests
from resolvers.relationships import (
    RelationshipRow,
    visible_relationships,
    visible_resellers,
)
from resolvers.relationships import (
    own_relationships as own_relationship_rows,
)

customers = Source(CustomerRow, visible_customers)
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
activity_records = Source(ActivityRow, visible_activity)
