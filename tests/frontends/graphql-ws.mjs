// What the reference client hears of the server over WebSockets: one line of JSON with all of it.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const { CLIENTELA_URL, CLIENTELA_TOKEN, HELPDESK_TOKEN, SHORT_TOKEN, NEXT_TOKEN, AFTER } = process.env;
const url = `${CLIENTELA_URL.replace("http", "ws")}/graphql`;
const follow = (after) => ({
  query: "subscription ($after: ID) { activity(afterRecordId: $after) { id } }",
  variables: { after },
});

/** A client that hands over the next token at each connection, and the last one from then on. */
function clientOf(tokens, options = {}) {
  const connectionParams = () => ({ Authorization: `Bearer ${tokens.length > 1 ? tokens.shift() : tokens[0]}` });
  return createClient({ url, webSocketImpl: WebSocket, connectionParams, retryWait: async () => {}, ...options });
}

/** What a client says of an operation, in order: until it ends by itself, or is ended after so many results. */
function heard(client, payload, enough = Infinity) {
  return new Promise((resolve) => {
    const said = [];
    const end = client.subscribe(payload, {
      next: (result) => said.push(result) === enough && end(),
      error: (reason) => resolve([...said, ...(reason.code ? [[reason.code, reason.reason]] : reason)]),
      complete: () => resolve([...said, "complete"]),
    });
  });
}
const codes = (errors) => errors.map((error) => error.extensions.code);
const found = {};

// Begun first, for its token ends while the rest is done.
let closed;
const renewing = clientOf([SHORT_TOKEN, NEXT_TOKEN], { on: { closed: (event) => (closed ??= event) } });
const results = renewing.iterate(follow(AFTER));
const first = (await results.next()).value.data.activity.id;

const client = clientOf([CLIENTELA_TOKEN], { lazyCloseTimeout: 10_000, keepAlive: 20, generateID: () => "one" });
found.query = await heard(client, { query: "{ viewer { kind } }" });
found.pong = await new Promise((resolve) => client.on("pong", resolve));
found.invalid = codes(await heard(client, { query: "{ nothing }" }));
// The server forgets an operation that the client completes: its id is free, and so is the only place there is.
const twice = [await heard(client, follow(AFTER), 1), await heard(client, follow(AFTER), 1)];
found.completed = twice.map(([result, end]) => [Object.keys(result.data), end]);
await client.dispose();

const helpdesk = clientOf([HELPDESK_TOKEN]);
found.denied = codes(await heard(helpdesk, { query: "subscription { relationshipRequestChanged { id } }" }));
found.broken = await heard(clientOf(["nonsense"], { retryAttempts: 0 }), { query: "{ __typename }" });

const second = (await results.next()).value.data.activity.id;
found.expired = [second === first, closed.code, closed.reason];
await results.return();

const early = new WebSocket(url, "graphql-transport-ws");
early.onopen = () => early.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: "{ __typename }" } }));
found.early = await new Promise((resolve) => (early.onclose = ({ code }) => resolve(code)));

console.log(JSON.stringify(found));
