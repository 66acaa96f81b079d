"""What the bare handlers ask a database, in PostgreSQL's words; SQLite's differ in their placeholders only."""

from typing import Any

COLUMNS = """
    select c.id, r.list_name, c.domain, c.country, c.cloud, c.created_at, c.account_verification,
           r.list_name_key, r.role, r.status, r.since
    from relationship r join customer c on c.cloud = r.cloud and c.id = r.customer_id
    where r.cloud = $1 and r.partner_id = $2 and r.status = 'active'
"""
ONE = f"{COLUMNS} and r.customer_id = $3"
PAGE = f"{COLUMNS} order by r.list_name_key, r.customer_id limit $3"
NEXT_PAGE = (
    f"{COLUMNS} and (r.list_name_key, r.customer_id) > ($4, $5) order by r.list_name_key, r.customer_id limit $3"
)
AGREEMENTS = """
    select customer_id, type, method, agreed_on from agreement
    where cloud = $1 and {of_customers} and type = 'microsoft_customer_agreement'
      and (partner_id = $2 or partner_id is null)
    order by agreed_on desc, id desc
"""
PROFILE = """
    select id, etag, company_name, first_name, last_name, email, culture, language, address_line1, address_line2,
           address_city, address_state, address_postal_code, address_country, address_first_name, address_last_name,
           address_phone_number
    from billing_profile where cloud = $1 and partner_id = $2 and customer_id = $3
"""
REPLACE = """
    update billing_profile
    set company_name = $4, first_name = $5, last_name = $6, email = $7, culture = $8, language = $9,
        address_line1 = $10, address_line2 = $11, address_city = $12, address_state = $13, address_postal_code = $14,
        address_country = $15, address_first_name = $16, address_last_name = $17, address_phone_number = $18,
        etag = $19, updated_at = $20
    where cloud = $1 and partner_id = $2 and customer_id = $3
"""
RECORD = """
    insert into activity_record (id, cloud, partner_id, occurred_at, operation, resource_type, status, actor,
        actor_id, actor_kind, actor_roles, actor_mfa, customer_id, customer_name, customer_name_key, correlation_id,
        changes)
    values ($1, $2, $3, $4, 'update_customer_billing_profile', 'customer', 'succeeded', 'peer', $5, 'partner_user',
        '["admin_agent"]', true, $6, $7, $8, $9, $10)
"""


def changes_between(before: Any, values: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: ANN401 - a driver's row
    """What the line of the log says has changed.

    Args:
        before: The profile as it was, by column.
        values: Columns and their new values.
    """
    return [
        {"field": name, "old": before[name], "new": value} for name, value in values.items() if before[name] != value
    ]
