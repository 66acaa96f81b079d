-- What PostGraphile's update runs: one statement, in a transaction that PostGraphile opens around it.
create schema if not exists peer;

create or replace function peer.replace_billing_profile(
  partner uuid, customer uuid, etag text, actor uuid, form jsonb
) returns billing_profile language sql volatile as $$
  with before as (
    select stored from billing_profile as stored
    where stored.cloud = 'global' and stored.partner_id = partner and stored.customer_id = customer
      and stored.etag = replace_billing_profile.etag
    for update
  ), after as (
    select changed.* from before, jsonb_populate_record(before.stored, form) as changed
  ), log as (
    insert into activity_record (id, cloud, partner_id, occurred_at, operation, resource_type, status, actor, actor_id,
      actor_kind, actor_roles, actor_mfa, customer_id, customer_name, customer_name_key, correlation_id, changes)
    select gen_random_uuid(), after.cloud, partner, now(), 'update_customer_billing_profile', 'customer', 'succeeded',
      'peer', actor, 'partner_user', '["admin_agent"]', true, customer, after.company_name, lower(after.company_name),
      replace(gen_random_uuid()::text, '-', ''),
      (select jsonb_agg(jsonb_build_object('field', new.key, 'old', old.value, 'new', new.value))
       from jsonb_each(to_jsonb(after)) as new join jsonb_each(to_jsonb(before.stored)) as old using (key)
       where new.value is distinct from old.value)
    from before, after
  )
  update billing_profile as profile
  set company_name = after.company_name, first_name = after.first_name, last_name = after.last_name,
    email = after.email, culture = after.culture, language = after.language, address_line1 = after.address_line1,
    address_line2 = after.address_line2, address_city = after.address_city, address_state = after.address_state,
    address_postal_code = after.address_postal_code, address_country = after.address_country,
    address_first_name = after.address_first_name, address_last_name = after.address_last_name,
    address_phone_number = after.address_phone_number,
    etag = replace(gen_random_uuid()::text, '-', ''), updated_at = now()
  from after
  where profile.cloud = after.cloud and profile.partner_id = after.partner_id
    and profile.customer_id = after.customer_id
  returning profile.*
$$;
