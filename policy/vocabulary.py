"""The words of policy: what a role, a permission, a cloud, a partner kind is called, in one spelling everywhere."""

from enum import StrEnum


class Cloud(StrEnum):
    """National cloud. Part of every tenant's identity; nothing crosses it (permissions.md 5.2)."""

    GLOBAL = "global"
    US_GOV = "us_gov"
    GERMANY = "germany"
    CHINA = "china"


class PrincipalKind(StrEnum):
    """Who calls: a partner's user, a partner's application without a user, a customer's user."""

    PARTNER_USER = "partner_user"
    PARTNER_APP = "partner_app"
    CUSTOMER_USER = "customer_user"


class PartnerKind(StrEnum):
    """What a partner is in the reseller program (relationships.md 1.1)."""

    DIRECT_BILL = "direct_bill"
    INDIRECT_PROVIDER = "indirect_provider"
    INDIRECT_RESELLER = "indirect_reseller"
    ADVISOR = "advisor"


class ProgramStatus(StrEnum):
    """Where a partner stands in the reseller program (R1.2, R1.3)."""

    PENDING = "pending"
    QUALIFIED = "qualified"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class Role(StrEnum):
    """A partner user's role (permissions.md 1)."""

    GLOBAL_ADMIN = "global_admin"
    USER_MANAGEMENT_ADMIN = "user_management_admin"
    BILLING_ADMIN = "billing_admin"
    ADMIN_AGENT = "admin_agent"
    SALES_AGENT = "sales_agent"
    HELPDESK_AGENT = "helpdesk_agent"
    MPN_PARTNER_ADMIN = "mpn_partner_admin"
    ACCOUNT_ADMIN = "account_admin"
    REFERRALS_ADMIN = "referrals_admin"
    REFERRALS_USER = "referrals_user"
    BUSINESS_PROFILE_ADMIN = "business_profile_admin"
    DEFAULT_USER = "default_user"


class RoleKind(StrEnum):
    """DIRECTORY roles manage the tenant, PROGRAM roles the reseller business, BUSINESS roles neither."""

    DIRECTORY = "directory"
    PROGRAM = "program"
    BUSINESS = "business"


class Permission(StrEnum):
    """One action on one kind of data (permissions.md 7)."""

    CUSTOMER_READ = "customer_read"
    CUSTOMER_CONTACT_READ = "customer_contact_read"
    CUSTOMER_BILLING_READ = "customer_billing_read"
    CUSTOMER_TAX_READ = "customer_tax_read"
    CUSTOMER_CREATE = "customer_create"
    CUSTOMER_CONTACT_WRITE = "customer_contact_write"
    CUSTOMER_BILLING_WRITE = "customer_billing_write"
    CUSTOMER_EXPORT = "customer_export"
    CUSTOMER_PRECHECK = "customer_precheck"
    CUSTOMER_SANDBOX_DELETE = "customer_sandbox_delete"
    QUALIFICATION_READ = "qualification_read"
    QUALIFICATION_WRITE = "qualification_write"
    RELATIONSHIP_READ = "relationship_read"
    RELATIONSHIP_REQUEST = "relationship_request"
    RELATIONSHIP_REQUEST_ADMIN = "relationship_request_admin"
    RELATIONSHIP_REMOVE = "relationship_remove"
    GDAP_READ = "gdap_read"
    GDAP_MANAGE = "gdap_manage"
    PARTNERSHIP_READ = "partnership_read"
    PARTNERSHIP_REQUEST = "partnership_request"
    PARTNERSHIP_APPROVE = "partnership_approve"
    PARTNERSHIP_REMOVE = "partnership_remove"
    SELFSERVE_READ = "selfserve_read"
    SELFSERVE_WRITE = "selfserve_write"
    CUSTOMER_USER_READ = "customer_user_read"
    CUSTOMER_USER_WRITE = "customer_user_write"
    CUSTOMER_USER_RESET_PASSWORD = "customer_user_reset_password"
    CUSTOMER_ROLE_WRITE = "customer_role_write"
    LICENSE_ASSIGN = "license_assign"
    AGREEMENT_READ = "agreement_read"
    AGREEMENT_ATTEST = "agreement_attest"
    SUBSCRIPTION_READ = "subscription_read"
    SUBSCRIPTION_WRITE = "subscription_write"
    SUBSCRIPTION_COMMIT = "subscription_commit"
    INVOICE_READ = "invoice_read"
    SERVICEREQUEST_READ = "servicerequest_read"
    SERVICEREQUEST_WRITE = "servicerequest_write"
    REFERRAL_READ = "referral_read"
    REFERRAL_WRITE = "referral_write"
    BUSINESSPROFILE_WRITE = "businessprofile_write"
    PARTNER_USER_READ = "partner_user_read"
    PARTNER_USER_WRITE = "partner_user_write"
    PARTNER_ROLE_ASSIGN = "partner_role_assign"
    AUDIT_READ = "audit_read"
    WEBHOOK_MANAGE = "webhook_manage"


class DenialCode(StrEnum):
    """Why a caller may not, in the order in which the causes are looked for (permissions.md 0)."""

    UNAUTHENTICATED = "unauthenticated"
    APP_ONLY_NOT_SUPPORTED = "app_only_not_supported"
    MFA_REQUIRED = "mfa_required"
    CLOUD_FEATURE_UNAVAILABLE = "cloud_feature_unavailable"
    PARTNER_TYPE_NOT_ALLOWED = "partner_type_not_allowed"
    PARTNER_SUSPENDED = "partner_suspended"
    FORBIDDEN = "forbidden"
    FIELD_FORBIDDEN = "field_forbidden"
