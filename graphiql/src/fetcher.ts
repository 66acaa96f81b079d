import type { Fetcher, FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import { type ExecutionResult, GraphQLError } from "graphql";
import { chosenKind, operationKinds } from "./documents";
import { streamResults } from "./stream";

/** Says which bearer token to send; `renew` asks for another one than last time. */
export type TokenSource = (options: { renew: boolean }) => Promise<string>;

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

/**
 * GraphiQL works out the name of the operation a moment after the text changes, so that a quick click would send the
 * name that the tab before had. A document with one operation needs no name: it is sent only where there is a choice.
 */
export function toRequest({ query, variables, operationName }: FetcherParams) {
  const ambiguous = operationKinds(query).length > 1;
  const name = ambiguous ? (operationName ?? undefined) : undefined;
  return { query, variables: variables ?? undefined, operationName: name };
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

/** The result that a response holds. */
export async function toResult(response: Response): Promise<ExecutionResult> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ExecutionResult;
  } catch {
    throw new Error(`The server answered ${response.status} with something that is not JSON: ${text.slice(0, 200)}`);
  }
}

/** A fault as a result, because GraphiQL shows a thrown error with its stack of minified functions. */
export function toFault(error: unknown): ExecutionResult {
  return { errors: [new GraphQLError(error instanceof Error ? error.message : String(error))] };
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
