// Asks the server what the specification asks of it, and prints each verdict.
import { auditServer } from "graphql-http";

const { CLIENTELA_URL: url, CLIENTELA_TOKEN: token } = process.env;
const fetchFn = (target, options = {}) =>
  fetch(target, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
const results = await auditServer({ url: `${url}/graphql`, fetchFn });
const verdicts = results.map(({ name, status, reason }) => ({ name, status, reason }));
console.log(JSON.stringify(verdicts));
