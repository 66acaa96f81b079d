// Mercurius with JIT on Fastify: the schema first, pg with named statements, a loader for the agreements.
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const { PEER_DATABASE_URL, PEER_PARTNER_ID, PEER_ACTOR_ID, PEER_PORT } = process.env;
const CLOUD = "global";
const pool = new pg.Pool({ connectionString: PEER_DATABASE_URL.replace("+asyncpg", ""), max: 10 });

const COLUMNS = `
  select c.id, r.list_name, c.domain, c.country, c.cloud, c.created_at, c.account_verification,
         r.list_name_key, r.role, r.status, r.since
  from relationship r join customer c on c.cloud = r.cloud and c.id = r.customer_id
  where r.cloud = $1 and r.partner_id = $2 and r.status = 'active'`;
const ORDER = "order by r.list_name_key, r.customer_id limit $3";
const ONE = `${COLUMNS} and r.customer_id = $3`;
const PAGE = `${COLUMNS} ${ORDER}`;
const NEXT_PAGE = `${COLUMNS} and (r.list_name_key, r.customer_id) > ($4, $5) ${ORDER}`;
const AGREEMENTS = `
  select customer_id, type, method, agreed_on from agreement
  where cloud = $1 and customer_id = any($3) and type = 'microsoft_customer_agreement'
    and (partner_id = $2 or partner_id is null)
  order by agreed_on desc, id desc`;
const OWN = {
  company_name: "companyName",
  first_name: "firstName",
  last_name: "lastName",
  email: "email",
  culture: "culture",
  language: "language",
};
const ADDRESS = {
  address_line1: "addressLine1",
  address_line2: "addressLine2",
  address_city: "city",
  address_state: "state",
  address_postal_code: "postalCode",
  address_country: "country",
  address_first_name: "firstName",
  address_last_name: "lastName",
  address_phone_number: "phoneNumber",
};
const NAMES = [...Object.keys(OWN), ...Object.keys(ADDRESS)];
const PROFILE = `
  select id, etag, ${NAMES.join(", ")} from billing_profile
  where cloud = $1 and partner_id = $2 and customer_id = $3 for update`;
const REPLACE = `
  update billing_profile set ${NAMES.map((name, at) => `${name} = $${at + 6}`).join(", ")}, etag = $4, updated_at = $5
  where cloud = $1 and partner_id = $2 and customer_id = $3`;
const RECORD = `
  insert into activity_record (id, cloud, partner_id, occurred_at, operation, resource_type, status, actor,
    actor_id, actor_kind, actor_roles, actor_mfa, customer_id, customer_name, customer_name_key, correlation_id, changes)
  values ($1, $2, $3, $4, 'update_customer_billing_profile', 'customer', 'succeeded', 'peer', $5, 'partner_user',
    '["admin_agent"]', true, $6, $7, $8, $9, $10)`;

const hex = (key) => key.replaceAll("-", "");
const keyOf = (id) => id.slice(id.lastIndexOf("_") + 1);
const cursorOf = (row) => Buffer.from(JSON.stringify([row.list_name_key, row.id])).toString("base64url");
const query = (client, name, text, values) => client.query({ name, text, values });

const customerOf = (row) => ({
  id: `customer_${hex(row.id)}`,
  tenantId: row.id,
  companyName: row.list_name,
  domain: row.domain,
  country: row.country,
  cloud: row.cloud.toUpperCase(),
  createdAt: row.created_at,
  accountVerification: row.account_verification.toUpperCase(),
  relationship: { role: row.role.toUpperCase(), status: row.status.toUpperCase(), since: row.since },
});

async function customers(_root, { first, after }) {
  const scope = [CLOUD, PEER_PARTNER_ID, first + 1];
  const { rows } = after
    ? await query(pool, "next", NEXT_PAGE, [...scope, ...JSON.parse(Buffer.from(after, "base64url"))])
    : await query(pool, "page", PAGE, scope);
  const hasNextPage = rows.length > first;
  if (hasNextPage) rows.pop();
  const edges = rows.map((row) => ({ cursor: cursorOf(row), node: customerOf(row) }));
  return { edges, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null } };
}

async function customer(_root, { id }) {
  const { rows } = await query(pool, "one", ONE, [CLOUD, PEER_PARTNER_ID, keyOf(id)]);
  return rows.length ? customerOf(rows[0]) : null;
}

async function agreements(queries) {
  const ids = queries.map(({ obj }) => obj.tenantId);
  const { rows } = await query(pool, "agreements", AGREEMENTS, [CLOUD, PEER_PARTNER_ID, ids]);
  const found = new Map(ids.map((id) => [id, []]));
  for (const { customer_id, type, method, agreed_on } of rows) {
    found.get(customer_id).push({ type: type.toUpperCase(), method: method.toUpperCase(), agreedOn: agreed_on });
  }
  return ids.map((id) => found.get(id));
}

// Begin, select, update, insert, commit.
async function customerUpdateBillingProfile(_root, { input: { customerId, etag, billingProfile: form } }) {
  const key = keyOf(customerId);
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await query(client, "profile", PROFILE, [CLOUD, PEER_PARTNER_ID, key]);
    const before = rows[0];
    if (before?.etag !== etag) {
      await client.query("rollback");
      return { userErrors: [{ message: "stale or unknown" }], billingProfile: null };
    }
    const values = {};
    for (const [name, field] of Object.entries(OWN)) values[name] = form[field] ?? null;
    for (const [name, field] of Object.entries(ADDRESS)) values[name] = form.address[field] ?? null;
    const changes = NAMES.filter((name) => before[name] !== values[name]).map((name) => ({
      field: name,
      old: before[name],
      new: values[name],
    }));
    const now = new Date();
    const next = randomBytes(16).toString("hex");
    const replaced = NAMES.map((name) => values[name]);
    await query(client, "replace", REPLACE, [CLOUD, PEER_PARTNER_ID, key, next, now, ...replaced]);
    const named = [key, values.company_name, values.company_name.toLowerCase()];
    const traced = [randomBytes(16).toString("hex"), JSON.stringify(changes)];
    await query(client, "record", RECORD, [
      randomUUID(), CLOUD, PEER_PARTNER_ID, now, PEER_ACTOR_ID, ...named, ...traced,
    ]);
    await client.query("commit");
    const address = {
      addressLine1: values.address_line1,
      addressLine2: values.address_line2,
      city: values.address_city,
      country: values.address_country,
    };
    const id = `billingprofile_${hex(before.id)}`;
    const profile = { id, etag: next, companyName: values.company_name, email: values.email, address };
    return { userErrors: [], billingProfile: profile };
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

const app = Fastify();
app.register(mercurius, {
  schema: readFileSync(new URL("schema.graphql", import.meta.url), "utf8"),
  resolvers: { Query: { customer, customers }, Mutation: { customerUpdateBillingProfile } },
  loaders: { Customer: { agreements: { loader: agreements, opts: { cache: false } } } },
  jit: 1,
  path: "/graphql",
});
await app.listen({ host: "127.0.0.1", port: Number(PEER_PORT) });
process.on("SIGTERM", () => process.exit(0));
