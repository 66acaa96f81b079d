import type { Fetcher, FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import type { ExecutionResult } from "graphql";
import { chosenKind } from "./documents";
import { type TokenSource, toRequest } from "./request";
import { toFault, toResult } from "./result";
import { streamResults } from "./stream";

/** Sends a request with the token and returns the server's answer, whatever its status. */
async function send(endpoint: string, token: string, body: string, headers: object): Promise<Response> {
  return fetch(endpoint, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json, application/json",
      "Content-Type": "application/json",
      Authorization: `Bearer ${token}`,
      ...headers,
    },
    body,
  });
}

/** Sends the request; once more with a new token if the server refuses the first and there is another to be had. */
async function sendSignedIn(endpoint: string, token: TokenSource, body: string, headers: object): Promise<Response> {
  const first = await token({ renew: false });
  const response = await send(endpoint, first, body, headers);
  if (response.status !== 401) {
    return response;
  }
  const second = await token({ renew: true });
  return second === first ? response : send(endpoint, second, body, headers);
}

/** Sends an operation and resolves to its result. A narrower `Fetcher`, which also streams. */
export type SendOperation = (params: FetcherParams, options?: FetcherOpts) => Promise<ExecutionResult>;

/** Makes the function that sends queries and mutations. */
export function createSender(endpoint: string, token: TokenSource): SendOperation {
  return async (params, options) => {
    const body = JSON.stringify(toRequest(params));
    try {
      return await toResult(await sendSignedIn(endpoint, token, body, options?.headers ?? {}));
    } catch (error) {
      return toFault(error);
    }
  };
}

/** Makes the function with which GraphiQL runs whatever is in its editor. */
export function createFetcher(endpoint: string, token: TokenSource): Fetcher {
  const send = createSender(endpoint, token);
  return (params, options) =>
    chosenKind(params.query, params.operationName) === "subscription"
      ? streamResults(endpoint, token, params, options)
      : send(params, options);
}
